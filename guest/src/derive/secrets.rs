//! Secrets: which Secret holds which key, and who fills it.

use crate::spec::Spec;
use crate::spec::units::{Line, ObjectName, RemoteKey};

/// A key of a Secret.
#[derive(Clone)]
pub(crate) struct SecretKey {
    pub(crate) secret: String,
    pub(crate) key: String,
}

/// One entry of the Secret that is filled from a store.
pub(crate) struct Entry {
    pub(crate) key: &'static str,
    pub(crate) remote: RemoteKey,
    /// Where the spec says so.
    pub(crate) written: &'static str,
}

/// The ServiceAccount that a store signs in with.
pub(crate) enum StoreAccount {
    /// One that exists already.
    Named(String),
    /// One that is made for it.
    Made {
        name: String,
        /// How the cloud knows it.
        annotation: Option<Annotation>,
    },
}

impl StoreAccount {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        match self {
            StoreAccount::Named(name) | StoreAccount::Made { name, .. } => name,
        }
    }
}

/// An annotation of workload identity.
pub(crate) struct Annotation {
    pub(crate) key: &'static str,
    pub(crate) value: String,
    /// Where the spec says so.
    pub(crate) written: &'static str,
}

/// The secrets of a service.
pub(crate) struct Secrets {
    /// The Secret that holds the keys.
    pub(crate) holder: String,
    /// Whom the store of this namespace signs in as.
    pub(crate) store_account: Option<StoreAccount>,
    pub(crate) hf_token: Option<SecretKey>,
    pub(crate) api_key: Option<SecretKey>,
    pub(crate) admin_key: Option<SecretKey>,
    /// What an ExternalSecret fetches; empty without a store.
    pub(crate) entries: Vec<Entry>,
    /// Whether the pull Secret is fetched too.
    pub(crate) registry: Option<RemoteKey>,
    /// The Secrets that the kubelet pulls images with.
    pub(crate) pull: Vec<String>,
}

/// Derives who holds which secret.
pub(crate) fn secrets(spec: &Spec) -> Secrets {
    let secrets = &spec.secrets;
    let name = spec.name.as_ref().map_or("", |it| it.as_str());
    let holder = secrets.existing.as_ref().map_or_else(|| format!("{name}-secrets"), ObjectName::to_string);
    let has_store = has_store(spec);
    let of = |remote: &Option<RemoteKey>, own: &str| {
        remote.as_ref().map(|remote| SecretKey {
            secret: holder.clone(),
            key: if has_store { own.to_owned() } else { remote.to_string() },
        })
    };
    let registry = secrets.registry.clone().filter(|_| has_store);
    let made = registry.as_ref().map(|_| format!("{name}-registry"));
    Secrets {
        store_account: store_account(spec, name),
        hf_token: of(&secrets.hf_token, "hf-token"),
        api_key: of(&secrets.api_key, "api-key"),
        admin_key: of(&secrets.admin_key, "admin-key"),
        entries: if has_store { entries(spec) } else { Vec::new() },
        registry,
        pull: spec.image.pull_secret.iter().map(ToString::to_string).chain(made).collect(),
        holder,
    }
}

fn store_account(spec: &Spec, name: &str) -> Option<StoreAccount> {
    let store = &spec.secrets.store;
    let (named, annotation) = match (&store.aws, &store.gcp, &store.vault) {
        (Some(aws), ..) => (
            &aws.service_account,
            annotation("eks.amazonaws.com/role-arn", &aws.role_arn, "secrets.store.aws.role-arn"),
        ),
        (_, Some(gcp), _) => (
            &gcp.service_account,
            annotation(
                "iam.gke.io/gcp-service-account",
                &gcp.google_service_account,
                "secrets.store.gcp.google-service-account",
            ),
        ),
        (.., Some(vault)) => (&vault.service_account, None),
        _ => return None,
    };
    Some(match named {
        Some(named) => StoreAccount::Named(named.to_string()),
        None => StoreAccount::Made { name: format!("{name}-store"), annotation },
    })
}

fn annotation(key: &'static str, value: &Option<Line>, written: &'static str) -> Option<Annotation> {
    value.as_ref().map(|value| Annotation { key, value: value.to_string(), written })
}

/// Whether secrets come from an outside store.
pub(crate) fn has_store(spec: &Spec) -> bool {
    let store = &spec.secrets.store;
    store.aws.is_some() || store.gcp.is_some() || store.vault.is_some() || store.cluster.is_some()
}

fn entries(spec: &Spec) -> Vec<Entry> {
    let secrets = &spec.secrets;
    let named = [
        ("admin-key", &secrets.admin_key, "secrets.admin-key"),
        ("api-key", &secrets.api_key, "secrets.api-key"),
        ("hf-token", &secrets.hf_token, "secrets.hf-token"),
    ];
    let given = named
        .into_iter()
        .filter_map(|(key, remote, written)| remote.clone().map(|remote| (key, remote, written)));
    given.map(|(key, remote, written)| Entry { key, remote, written }).collect()
}

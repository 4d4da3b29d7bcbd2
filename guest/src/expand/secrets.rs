//! Secrets from an outside store: the store, and what is fetched from it.

use serde_json::{Value, json};

use crate::contract::Cause;
use crate::derive::Plan;
use crate::derive::secrets::StoreAccount;
use crate::expand::causes;
use crate::expand::object::{Object, Wave};
use crate::expand::part::Part;
use crate::expand::why::Why;
use crate::manifest::{
    ExternalSecret, ExternalSecretSpec, Pairs, RemoteRef, SecretData, SecretStore, SecretStoreSpec,
    SecretTarget, SecretTemplate, StoreRef,
};
use crate::spec::units::RemoteKey;
use crate::spec::{AwsStore, GcpStore, VaultStore};

/// Builds the store, unless the platform has one for the whole cluster.
pub(crate) fn store(plan: &Plan<'_>) -> Option<Object> {
    let provider = provider(plan)?;
    let cause = plan.keys.cause("secrets.store", "");
    let body = SecretStore { spec: SecretStoreSpec { provider } };
    let object = Object::new(plan, Part::server(store_name(plan), Wave::Store), body, cause);
    Some(object.explained(plan, |why| why.below("/spec/provider", |why| explain_store(plan, why))))
}

fn explain_store(plan: &Plan<'_>, why: &mut Why<'_>) {
    why.below("/aws", |why| {
        why.fixed("/service", "the one of AWS's stores that holds nothing but secrets");
        why.key("/region", "secrets.store.aws.region", "");
        why.say("/auth/jwt/serviceAccountRef/name", account_cause(plan, "secrets.store.aws"));
    });
    why.below("/gcpsm", |why| {
        why.key("/projectID", "secrets.store.gcp.project", "");
        why.key("/auth/workloadIdentity/clusterLocation", "secrets.store.gcp.cluster-location", "");
        why.key("/auth/workloadIdentity/clusterName", "secrets.store.gcp.cluster-name", "");
        let account = account_cause(plan, "secrets.store.gcp");
        why.say("/auth/workloadIdentity/serviceAccountRef/name", account);
    });
    why.below("/vault", |why| {
        why.key("/server", "secrets.store.vault.server", "");
        why.key("/path", "secrets.store.vault.path", "Vault's own mount of its KV engine");
        why.fixed("/version", "the KV engine that keeps versions, which Vault mounts today");
        let mount = "Vault's own mount of its Kubernetes authentication";
        why.key("/auth/kubernetes/mountPath", "secrets.store.vault.mount", mount);
        why.key("/auth/kubernetes/role", "secrets.store.vault.role", "");
        let account = account_cause(plan, "secrets.store.vault");
        why.say("/auth/kubernetes/serviceAccountRef/name", account);
    });
}

/// Why a store signs in as whom it does.
fn account_cause(plan: &Plan<'_>, store: &str) -> Cause {
    let key = format!("{store}.service-account");
    causes::derived(plan, &key, "the store signs in with an identity that is made for it", &["name"])
}

fn store_name(plan: &Plan<'_>) -> String {
    format!("{}-store", plan.name)
}

fn provider(plan: &Plan<'_>) -> Option<Value> {
    let store = &plan.spec.secrets.store;
    let account = plan.secrets.store_account.as_ref().map_or("", StoreAccount::name);
    match (&store.aws, &store.gcp, &store.vault) {
        (Some(aws), ..) => Some(json!({ "aws": aws_provider(aws, account) })),
        (_, Some(gcp), _) => Some(json!({ "gcpsm": gcp_provider(gcp, account) })),
        (.., Some(vault)) => Some(json!({ "vault": vault_provider(vault, account) })),
        _ => None,
    }
}

fn aws_provider(aws: &AwsStore, account: &str) -> Value {
    let region = aws.region.as_ref().map(|it| it.as_str());
    json!({ "service": "SecretsManager", "region": region, "auth": { "jwt": { "serviceAccountRef": { "name": account } } } })
}

fn gcp_provider(gcp: &GcpStore, account: &str) -> Value {
    let text = |it: &Option<crate::spec::units::Line>| it.as_ref().map(ToString::to_string);
    let mut identity = json!({ "serviceAccountRef": { "name": account } });
    for (key, value) in [("clusterLocation", &gcp.cluster_location), ("clusterName", &gcp.cluster_name)] {
        // Inside of GKE the operator finds both by itself.
        if let Some(value) = text(value) {
            identity[key] = value.into();
        }
    }
    json!({ "projectID": text(&gcp.project), "auth": { "workloadIdentity": identity } })
}

fn vault_provider(vault: &VaultStore, account: &str) -> Value {
    let text = |it: &Option<crate::spec::units::Line>, default: &str| {
        it.as_ref().map_or(default, |it| it.as_str()).to_owned()
    };
    let kubernetes = json!({
        "mountPath": text(&vault.mount, "kubernetes"),
        "role": text(&vault.role, ""),
        "serviceAccountRef": { "name": account },
    });
    json!({
        "server": text(&vault.server, ""),
        "path": text(&vault.path, "secret"),
        "version": "v2",
        "auth": { "kubernetes": kubernetes },
    })
}

/// Builds what fetches the service's own keys.
pub(crate) fn external_secret(plan: &Plan<'_>) -> Option<Object> {
    if plan.secrets.entries.is_empty() {
        return None;
    }
    let name = plan.secrets.holder.clone();
    let data = plan.secrets.entries.iter().map(|it| data(it.key, &it.remote)).collect();
    let cause = plan.keys.rule("the store's keys become a Secret that pods can read", &["secrets"]);
    let body = fetched(plan, name.clone(), None, data);
    let object = Object::new(plan, Part::server(name, Wave::Secret), body, cause);
    Some(object.explained(plan, |why| {
        explain_fetched(plan, why);
        for (index, entry) in plan.secrets.entries.iter().enumerate() {
            why.below(&format!("/spec/data/{index}"), |why| {
                explain_entry(entry.written, "the name that the pods look for", why)
            });
        }
    }))
}

fn explain_fetched(plan: &Plan<'_>, why: &mut Why<'_>) {
    why.key("/spec/refreshInterval", "secrets.refresh", "a rotated key should arrive within the hour");
    match plan.spec.secrets.store.cluster {
        Some(_) => {
            why.rule(
                "/spec/secretStoreRef/kind",
                "the store is the whole cluster's",
                &["secrets.store.cluster"],
            );
            why.key("/spec/secretStoreRef/name", "secrets.store.cluster", "");
        }
        None => {
            why.rule("/spec/secretStoreRef", "the store that is made beside it", &["name", "secrets.store"])
        }
    }
    why.rule("/spec/target/name", "the Secret is called as what fetches it", &["name"]);
    why.fixed("/spec/target/creationPolicy", "the Secret goes when nobody fetches it any more");
    let reason = "a store that is away for an hour must not take the service's keys with it";
    why.fixed("/spec/target/deletionPolicy", reason);
    why.fixed("/spec/target/template", "the form in which the kubelet takes credentials of a registry");
}

/// One entry of a Secret, and where it is fetched from.
fn explain_entry(written: &str, read_by: &str, why: &mut Why<'_>) {
    why.fixed("/secretKey", read_by);
    why.key("/remoteRef/key", written, "");
    why.key("/remoteRef/property", written, "");
    for policy in ["conversionStrategy", "decodingStrategy", "metadataPolicy", "nullBytePolicy"] {
        let reason = "the API server's own default, written out so that Argo CD sees no difference";
        why.fixed(&format!("/remoteRef/{policy}"), reason);
    }
}

/// Builds what fetches the registry's credentials, in the form that the kubelet takes.
pub(crate) fn registry_secret(plan: &Plan<'_>) -> Option<Object> {
    let remote = plan.secrets.registry.as_ref()?;
    let name = format!("{}-registry", plan.name);
    let template = SecretTemplate {
        kind: "kubernetes.io/dockerconfigjson",
        engine_version: "v2",
        merge_policy: "Replace",
        data: Pairs::from([(".dockerconfigjson".into(), "{{ .config }}".into())]),
    };
    let cause = plan.keys.cause("secrets.registry", "");
    let body = fetched(plan, name.clone(), Some(template), vec![data("config", remote)]);
    Some(Object::new(plan, Part::server(name, Wave::Secret), body, cause).explained(plan, |why| {
        explain_fetched(plan, why);
        why.below("/spec/data/0", |why| {
            explain_entry("secrets.registry", "the name that the template looks for", why)
        });
    }))
}

fn fetched(
    plan: &Plan<'_>,
    name: String,
    template: Option<SecretTemplate>,
    data: Vec<SecretData>,
) -> ExternalSecret {
    let store = match &plan.spec.secrets.store.cluster {
        Some(cluster) => StoreRef { kind: "ClusterSecretStore", name: cluster.to_string() },
        None => StoreRef { kind: "SecretStore", name: store_name(plan) },
    };
    ExternalSecret {
        spec: ExternalSecretSpec {
            refresh_interval: plan
                .spec
                .secrets
                .refresh
                .as_ref()
                .map_or_else(|| "1h".into(), ToString::to_string),
            secret_store_ref: store,
            // Retain: a store that is away for an hour must not take the service's keys with it.
            target: SecretTarget { name, creation_policy: "Owner", deletion_policy: "Retain", template },
            data,
        },
    }
}

fn data(key: &str, remote: &RemoteKey) -> SecretData {
    let (path, property) =
        remote.as_str().split_once('#').map_or((remote.as_str(), None), |(path, it)| (path, Some(it)));
    SecretData {
        secret_key: key.to_owned(),
        remote_ref: RemoteRef {
            key: path.to_owned(),
            property: property.map(str::to_owned),
            conversion_strategy: "Default",
            decoding_strategy: "None",
            metadata_policy: "None",
            null_byte_policy: "Ignore",
        },
    }
}

//! Secrets from an outside store: the store, and what is fetched from it.

use serde_json::{Value, json};

use crate::derive::Plan;
use crate::derive::secrets::StoreAccount;
use crate::expand::object::{Object, Part, Wave};
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
    Some(Object::new(
        plan,
        Part::server(store_name(plan), Wave::Store),
        SecretStore { spec: SecretStoreSpec { provider } },
        cause,
    ))
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
    let object =
        Object::new(plan, Part::server(name.clone(), Wave::Secret), fetched(plan, name, None, data), cause)
            .because(
                "/spec/refreshInterval",
                plan.keys.cause("secrets.refresh", "a rotated key should arrive within the hour"),
            );
    let entries = plan.secrets.entries.iter().enumerate();
    Some(entries.fold(object, |object, (index, it)| {
        object.because(&format!("/spec/data/{index}"), plan.keys.cause(it.written, ""))
    }))
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
    Some(Object::new(plan, Part::server(name, Wave::Secret), body, cause))
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
        },
    }
}

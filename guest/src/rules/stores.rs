//! Keys that go together: secrets and their stores, and what a route needs.

use super::{clash, missing};
use crate::contract::Problem;
use crate::derive::keys::Keys;
use crate::derive::secrets::has_store;
use crate::spec::units::{DataKey, RemoteKey};
use crate::spec::{ServiceType, Spec};

pub(super) fn rules(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    secrets(spec, keys, problems);
    store(spec, keys, problems);
    route(spec, keys, problems);
}

fn secrets(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let secrets = &spec.secrets;
    let named = [
        ("secrets.hf-token", &secrets.hf_token),
        ("secrets.api-key", &secrets.api_key),
        ("secrets.admin-key", &secrets.admin_key),
    ];
    for (key, remote) in named.into_iter().filter_map(|(key, remote)| Some((key, remote.as_ref()?))) {
        problems.extend(holder(spec, keys, key, remote));
        problems.extend(property(spec, keys, key, remote));
    }
    if secrets.registry.is_some() && !has_store(spec) {
        let problem = missing(keys, "secrets.store", "`secrets.registry` is fetched from a store")
            .at(keys.at("secrets.registry"));
        problems.push(problem.help("add a store, or name an existing Secret with `image.pull-secret`"));
    }
}

/// A key needs somebody who holds it.
fn holder(spec: &Spec, keys: Keys<'_>, key: &str, remote: &RemoteKey) -> Option<Problem> {
    match (&spec.secrets.existing, has_store(spec)) {
        (Some(_), _) if !DataKey::accepts(remote.as_str()) => {
            // Not what stands there: it may be the secret itself.
            let message = format!("`{key}` cannot be the name of a key in `secrets.existing`");
            Some(
                Problem::error("SG016", message)
                    .at(keys.at(key))
                    .help("write letters, digits, `-`, `_` and `.`"),
            )
        }
        (None, false) => {
            let problem = missing(keys, "secrets.store", &format!("nothing says where `{key}` is kept"))
                .at(keys.at(key));
            Some(problem.help("add `store = { … }` or `existing = \"…\"` to `[secrets]`"))
        }
        _ => None,
    }
}

/// A secret of Vault is a map. Without a property, External Secrets puts all of it, as JSON, where the one value belongs.
fn property(spec: &Spec, keys: Keys<'_>, key: &str, remote: &RemoteKey) -> Option<Problem> {
    let is_whole = spec.secrets.store.vault.is_some() && !remote.as_str().contains('#');
    is_whole.then(|| {
        let message = format!("`{key}` names a whole secret of Vault, which holds several values");
        clash(keys, key, message)
            .help("write the value's name behind it, after a `#`: `\"path/of/the/secret#name\"`")
    })
}

fn store(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let store = &spec.secrets.store;
    if let Some(aws) = &store.aws {
        need(keys, "secrets.store.aws.region", aws.region.is_some(), problems);
        let who = (aws.role_arn.is_some(), aws.service_account.is_some());
        one_identity(keys, "secrets.store.aws", ("role-arn", "service-account"), who, problems);
    }
    if let Some(gcp) = &store.gcp {
        need(keys, "secrets.store.gcp.project", gcp.project.is_some(), problems);
        let who = (gcp.google_service_account.is_some(), gcp.service_account.is_some());
        one_identity(keys, "secrets.store.gcp", ("google-service-account", "service-account"), who, problems);
    }
    if let Some(vault) = &store.vault {
        need(keys, "secrets.store.vault.server", vault.server.is_some(), problems);
        need(keys, "secrets.store.vault.role", vault.role.is_some(), problems);
    }
}

fn need(keys: Keys<'_>, key: &str, is_read: bool, problems: &mut Vec<Problem>) {
    if !is_read && !keys.has(key) {
        let last = key.rsplit('.').next().unwrap_or(key);
        problems.push(
            missing(keys, key, "the store cannot be reached without it")
                .help(format!("add `{last} = \"…\"`")),
        );
    }
}

fn one_identity(
    keys: Keys<'_>,
    table: &str,
    names: (&str, &str),
    given: (bool, bool),
    problems: &mut Vec<Problem>,
) {
    let (made, existing) = names;
    match given {
        (true, true) => {
            let message = format!("`{table}` takes one of `{made}` and `{existing}`, not both");
            problems.push(clash(keys, &format!("{table}.{existing}"), message).help("drop one of them"));
        }
        (false, false)
            if !keys.has(&format!("{table}.{made}")) && !keys.has(&format!("{table}.{existing}")) =>
        {
            let problem = missing(
                keys,
                &format!("{table}.{made}"),
                "the store would sign in as nobody and never be ready",
            );
            problems.push(
                problem.help(format!(
                    "add `{made} = \"…\"`, or `{existing} = \"…\"` for one that exists already"
                )),
            );
        }
        _ => {}
    }
}

fn route(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let expose = &spec.expose;
    let has_way = keys.has("expose.gateway") || keys.has("expose.ingress-class");
    if has_way && !keys.has("expose.host") {
        let problem =
            missing(keys, "expose.host", "a route without a host would take the calls of every host");
        problems.push(problem.help("add `expose.host = \"…\"`"));
    }
    if keys.has("expose.host") && !has_way {
        let problem = missing(keys, "expose.gateway", "nothing leads from `expose.host` to the service")
            .at(keys.at("expose.host"));
        problems.push(problem.help("add `gateway = \"namespace/name\"`, or `ingress-class = \"…\"`"));
    }
    if expose.tls_issuer.is_some() && !keys.has("expose.ingress-class") {
        let message = "`expose.tls-issuer` signs the certificate of an Ingress, and there is none";
        problems.push(
            clash(keys, "expose.tls-issuer", message)
                .help("a Gateway has certificates of its own: drop this line"),
        );
    }
    if expose.service == ServiceType::LoadBalancer && has_way {
        let message =
            "`expose.service = \"load-balancer\"` opens a second way in, past the route and without TLS";
        problems.push(
            clash(keys, "expose.service", message).help("drop this line: a route needs a cluster-ip Service"),
        );
    }
}

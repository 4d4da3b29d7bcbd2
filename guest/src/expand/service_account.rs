//! ServiceAccounts: the pods' own, and the one that a secret store signs in with.

use crate::contract::Cause;
use crate::derive::Plan;
use crate::derive::secrets::StoreAccount;
use crate::expand::object::{Object, Wave};
use crate::expand::part::Part;
use crate::manifest::ServiceAccount;

/// The pods' identity. It gets no token of the cluster's API: SGLang never calls it.
pub(crate) fn service_account(plan: &Plan<'_>) -> Option<Object> {
    let account = &plan.spec.service_account;
    if !account.create {
        return None;
    }
    let cause = plan
        .keys
        .rule("the pods have an identity of their own, without a token", &["name", "service-account"]);
    // A store that signs in with it is waited for before anything else of the service is there.
    let signs_in = plan.secrets.store_account.as_ref().is_some_and(|it| it.name() == plan.service_account);
    let wave = if signs_in { Wave::Identity } else { Wave::Ground };
    let part = Part::server(plan.service_account.clone(), wave);
    let part = account.annotations.iter().fold(part, |part, (key, value)| {
        let cause = plan.keys.entry(&["service-account", "annotations", key.as_str()]);
        part.annotation(key.as_str(), value, cause)
    });
    Some(identity(plan, part, cause).explained(plan, |why| {
        if plan.keys.has("service-account.name") {
            why.key("/metadata/name", "service-account.name", "");
        }
    }))
}

/// The identity of the secret store. It stands in the wave before the store, whose health Argo CD waits for.
pub(crate) fn store_account(plan: &Plan<'_>) -> Option<Object> {
    let StoreAccount::Made { name, annotation } = plan.secrets.store_account.as_ref()? else { return None };
    let cause = plan.keys.rule("the secret store signs in with an identity of its own", &["secrets.store"]);
    let part = Part::server(name.clone(), Wave::Identity);
    let part = match annotation {
        Some(it) => part.annotation(it.key, &it.value, plan.keys.cause(it.written, "")),
        None => part,
    };
    Some(identity(plan, part, cause))
}

fn identity(plan: &Plan<'_>, part: Part, cause: Cause) -> Object {
    let body = ServiceAccount { automount_service_account_token: false };
    Object::new(plan, part, body, cause).explained(plan, |why| {
        why.fixed("/automountServiceAccountToken", "nobody who signs in with it calls the cluster's API");
    })
}

//! ServiceAccounts: the pods' own, and the one that a secret store signs in with.

use crate::derive::Plan;
use crate::derive::secrets::StoreAccount;
use crate::expand::object::{Object, Part, Wave};
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
    let object = identity(plan, plan.service_account.clone(), wave, cause).explained(plan, |why| {
        if plan.keys.has("service-account.name") {
            why.key("/metadata/name", "service-account.name", "");
        }
    });
    Some(account.annotations.iter().fold(object, |object, (key, value)| {
        let cause = plan.keys.entry(&["service-account", "annotations", key.as_str()]);
        object.annotation(key.as_str(), value, cause)
    }))
}

/// The identity of the secret store. It stands in the wave before the store, whose health Argo CD waits for.
pub(crate) fn store_account(plan: &Plan<'_>) -> Option<Object> {
    let StoreAccount::Made { name, annotation } = plan.secrets.store_account.as_ref()? else { return None };
    let cause = plan.keys.rule("the secret store signs in with an identity of its own", &["secrets.store"]);
    let object = identity(plan, name.clone(), Wave::Identity, cause);
    Some(match annotation {
        Some(it) => object.annotation(it.key, &it.value, plan.keys.cause(it.written, "")),
        None => object,
    })
}

fn identity(plan: &Plan<'_>, name: String, wave: Wave, cause: crate::contract::Cause) -> Object {
    let body = ServiceAccount { automount_service_account_token: false };
    Object::new(plan, Part::server(name, wave), body, cause).explained(plan, |why| {
        why.fixed("/automountServiceAccountToken", "nobody who signs in with it calls the cluster's API");
    })
}

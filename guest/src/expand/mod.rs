//! From a plan to objects: one file and one builder for each kind.

mod causes;
mod config;
mod dashboard;
mod deployment;
mod disruption;
mod json;
mod metadata;
mod monitor;
mod network_policy;
pub(crate) mod object;
mod part;
mod patch;
mod pod;
mod prefetch;
mod route;
mod secrets;
mod server;
mod service;
mod service_account;
mod sidecars;
mod variables;
mod volumes;
pub(crate) mod why;

use crate::contract::Problem;
use crate::derive::Plan;
use object::Object;

/// Every object of the service, patched, and sorted by wave, kind and name.
pub(crate) fn objects(plan: &Plan<'_>, problems: &mut Vec<Problem>) -> Vec<Object> {
    let always = [config::config_map(plan), deployment::deployment(plan), service::service(plan)];
    let sometimes = [
        service_account::service_account(plan),
        service_account::store_account(plan),
        secrets::store(plan),
        secrets::external_secret(plan),
        secrets::registry_secret(plan),
        volumes::claim(plan),
        prefetch::job(plan),
        disruption::budget(plan),
        network_policy::server(plan),
        network_policy::prefetch(plan),
        route::http_route(plan),
        route::ingress(plan),
        monitor::service_monitor(plan),
        monitor::prometheus_rule(plan),
        dashboard::dashboard(plan),
    ];
    let mut objects: Vec<Object> = always.into_iter().chain(sometimes.into_iter().flatten()).collect();
    objects.sort_by(|a, b| (a.wave, a.kind, &a.name).cmp(&(b.wave, b.kind, &b.name)));
    patch::apply(plan, &mut objects, problems);
    objects
}

//! From a plan to objects: one file and one builder for each kind.

mod causes;
pub(crate) mod collisions;
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
    // One by one: an array of them all took two pages of the stack, which the kernel has to give to each call.
    let mut objects = vec![config::config_map(plan), deployment::deployment(plan), service::service(plan)];
    objects.extend(service_account::service_account(plan));
    objects.extend(service_account::store_account(plan));
    objects.extend(secrets::store(plan));
    objects.extend(secrets::external_secret(plan));
    objects.extend(secrets::registry_secret(plan));
    objects.extend(volumes::claim(plan));
    objects.extend(prefetch::job(plan));
    objects.extend(disruption::budget(plan));
    objects.extend(network_policy::server(plan));
    objects.extend(network_policy::prefetch(plan));
    objects.extend(route::http_route(plan));
    objects.extend(route::ingress(plan));
    objects.extend(monitor::service_monitor(plan));
    objects.extend(monitor::prometheus_rule(plan));
    objects.extend(dashboard::dashboard(plan));
    objects.sort_by(|a, b| (a.wave, a.kind, &a.name).cmp(&(b.wave, b.kind, &b.name)));
    patch::apply(plan, &mut objects, problems);
    problems.extend(variables::overridden(plan));
    objects
}

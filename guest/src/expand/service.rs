//! The Service: one address for all servers.

use crate::derive::Plan;
use crate::derive::labels::{Component, selector};
use crate::expand::object::{Object, Wave};
use crate::expand::part::Part;
use crate::expand::server::PORT;
use crate::expand::why::Why;
use crate::expand::{metadata, sidecars};
use crate::manifest::{Service, ServicePort, ServiceSpec, TargetPort};
use crate::spec::ServiceType;

/// Builds the Service. There is one, or a monitor would find every pod twice.
pub(crate) fn service(plan: &Plan<'_>) -> Object {
    let kind = match plan.spec.expose.service {
        ServiceType::ClusterIp => "ClusterIP",
        ServiceType::LoadBalancer => "LoadBalancer",
    };
    let spec =
        ServiceSpec { kind, selector: selector(plan, Component::Server).match_labels, ports: ports(plan) };
    let cause = plan.keys.rule("one address for all servers", &["name"]);
    Object::new(plan, Part::server(plan.name, Wave::Server), Service { spec }, cause)
        .explained(plan, |why| why.below("/spec", |why| explain(plan, why)))
}

fn explain(plan: &Plan<'_>, why: &mut Why<'_>) {
    let inside = "callers come from inside of the cluster, or through a route";
    why.choice("/type", "expose.service", "the spec says what type the Service has", inside);
    metadata::plain_selector("/selector", why);
    why.below("/ports/0", |why| {
        why.fixed("/name", "one port serves the API, health checks and metrics");
        why.key("/port", "port", "SGLang's own port");
        why.fixed("/targetPort", "by name, so that old and new pods are both found while the number changes");
        why.fixed("/protocol", "SGLang speaks HTTP, which is TCP");
    });
    for (index, (sidecar, name)) in sidecars::port_names(plan).enumerate() {
        why.below(&format!("/ports/{}", index + 1), |why| sidecars::explain_port(sidecar, name, why));
    }
}

fn ports(plan: &Plan<'_>) -> Vec<ServicePort> {
    let port =
        |name: &str, port, target_port| ServicePort { name: name.into(), port, target_port, protocol: "TCP" };
    // By name, so that old and new pods are both found while the number changes.
    let server = port(PORT, plan.port, TargetPort::Name(PORT));
    // By number: before Kubernetes 1.30, names of a sidecar's ports are not looked up.
    let sidecars = plan.spec.sidecar.values().flat_map(|it| &it.ports);
    let sidecars = sidecars.map(|(name, it)| port(name.as_str(), it.0, TargetPort::Number(it.0)));
    std::iter::once(server).chain(sidecars).collect()
}

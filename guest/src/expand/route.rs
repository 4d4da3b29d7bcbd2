//! The way in from outside: an HTTPRoute, or an Ingress where there is no Gateway API. Both end at the one Service.

use crate::contract::Cause;
use crate::derive::Plan;
use crate::expand::object::{Object, Part, Wave};
use crate::expand::server::PORT;
use crate::manifest::{
    BackendPort, BackendRef, HttpRoute, HttpRouteMatch, HttpRouteRule, HttpRouteSpec, Ingress,
    IngressBackend, IngressHost, IngressPath, IngressPaths, IngressSpec, IngressTls, ParentRef, PathMatch,
    RouteTimeouts, ServiceBackend,
};
use crate::spec::units::UrlPath;

const GATEWAY_GROUP: &str = "gateway.networking.k8s.io";

/// Builds the HTTPRoute. The defaults of its lists' items are written out, or Argo CD would see a difference for ever.
pub(crate) fn http_route(plan: &Plan<'_>) -> Option<Object> {
    let expose = &plan.spec.expose;
    let (namespace, gateway) = expose.gateway.as_ref()?.as_str().split_once('/')?;
    let parent = ParentRef {
        group: GATEWAY_GROUP,
        kind: "Gateway",
        namespace: namespace.into(),
        name: gateway.into(),
    };
    let prefix = |value: String| HttpRouteMatch { path: PathMatch { kind: "PathPrefix", value } };
    let rule = HttpRouteRule {
        matches: paths(plan).into_iter().map(prefix).collect(),
        backend_refs: vec![BackendRef {
            group: "",
            kind: "Service",
            name: plan.name.into(),
            port: plan.port,
            weight: 1,
        }],
        // No limit: a long answer that is not streamed takes minutes.
        timeouts: RouteTimeouts { request: "0s" },
    };
    let spec = HttpRouteSpec {
        parent_refs: vec![parent],
        hostnames: expose.host.iter().map(ToString::to_string).collect(),
        rules: vec![rule],
    };
    let keys = plan.keys;
    let object = Object::new(
        plan,
        Part::server(plan.name, Wave::Edge),
        HttpRoute { spec },
        keys.cause("expose.gateway", ""),
    );
    Some(
        object
            .because("/spec/hostnames", keys.cause("expose.host", ""))
            .because("/spec/rules/0/matches", paths_cause(plan))
            .because("/spec/rules/0/timeouts", Cause::Defaulted("a long answer takes minutes".into())),
    )
}

/// Builds the Ingress.
pub(crate) fn ingress(plan: &Plan<'_>) -> Option<Object> {
    let expose = &plan.spec.expose;
    let class = expose.ingress_class.as_ref()?.to_string();
    let host = expose.host.as_ref().map(ToString::to_string).unwrap_or_default();
    let tls = IngressTls { hosts: vec![host.clone()], secret_name: format!("{}-tls", plan.name) };
    let rules = vec![IngressHost {
        host,
        http: IngressPaths { paths: paths(plan).into_iter().map(|it| ingress_path(plan, it)).collect() },
    }];
    let spec = IngressSpec { ingress_class_name: class, tls: vec![tls], rules };
    let keys = plan.keys;
    let cause = keys.cause("expose.ingress-class", "");
    let object = Object::new(plan, Part::server(plan.name, Wave::Edge), Ingress { spec }, cause)
        .because("/spec/rules/0/host", keys.cause("expose.host", ""))
        .because(
            "/spec/tls",
            keys.rule("callers send keys, so never in the clear", &["expose.host", "expose.tls-issuer"]),
        )
        .because("/spec/rules/0/http/paths", paths_cause(plan));
    Some(match &expose.tls_issuer {
        Some(issuer) => object.annotation("cert-manager.io/cluster-issuer", issuer.as_str()).because(
            "/metadata/annotations/cert-manager.io~1cluster-issuer",
            keys.cause("expose.tls-issuer", ""),
        ),
        None => object,
    })
}

fn ingress_path(plan: &Plan<'_>, path: String) -> IngressPath {
    let service = ServiceBackend { name: plan.name.into(), port: BackendPort { name: PORT } };
    IngressPath { path, path_type: "Prefix", backend: IngressBackend { service } }
}

fn paths(plan: &Plan<'_>) -> Vec<String> {
    match &plan.spec.expose.paths {
        Some(paths) => paths.iter().map(UrlPath::to_string).collect(),
        None => vec!["/v1".into()],
    }
}

fn paths_cause(plan: &Plan<'_>) -> Cause {
    plan.keys
        .cause("expose.paths", "SGLang's admin routes lie outside of `/v1` and stay inside of the cluster")
}

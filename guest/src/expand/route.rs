//! The way in from outside: an HTTPRoute, or an Ingress where there is no Gateway API. Both end at the one Service.

use crate::derive::Plan;
use crate::expand::object::{Object, Wave};
use crate::expand::part::Part;
use crate::expand::server::PORT;
use crate::expand::why::Why;
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
    let cause = plan.keys.cause("expose.gateway", "");
    let object = Object::new(plan, Part::server(plan.name, Wave::Edge), HttpRoute { spec }, cause);
    Some(object.explained(plan, |why| why.below("/spec", |why| explain_route(plan, why))))
}

/// Why fields stand there that the API server would add: it is the same for all of them.
const WRITTEN_OUT: &str = "the API server's own default, written out so that Argo CD sees no difference";

fn explain_route(plan: &Plan<'_>, why: &mut Why<'_>) {
    why.below("/parentRefs/0", |why| {
        ["/group", "/kind"].into_iter().for_each(|it| why.fixed(it, WRITTEN_OUT));
        ["/namespace", "/name"].into_iter().for_each(|it| why.key(it, "expose.gateway", ""));
    });
    why.key("/hostnames/0", "expose.host", "");
    for index in 0..paths(plan).len() {
        why.below(&format!("/rules/0/matches/{index}/path"), |why| {
            why.fixed("/type", "whatever lies below the prefix is routed with it");
            explain_path(plan, index, "/value", why);
        });
    }
    why.below("/rules/0/backendRefs/0", |why| {
        ["/group", "/kind", "/weight"].into_iter().for_each(|it| why.fixed(it, WRITTEN_OUT));
        why.key("/name", "name", "");
        why.key("/port", "port", "SGLang's own port");
    });
    why.fixed("/rules/0/timeouts/request", "no limit: a long answer that is not streamed takes minutes");
}

fn explain_path(plan: &Plan<'_>, index: usize, pointer: &str, why: &mut Why<'_>) {
    match plan.spec.expose.paths {
        Some(_) => why.entry(pointer, &["expose", "paths", &index.to_string()]),
        None => {
            why.fixed(pointer, "SGLang's admin routes lie outside of `/v1` and stay inside of the cluster");
        }
    }
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
    let part = Part::server(plan.name, Wave::Edge);
    let part = match &expose.tls_issuer {
        Some(issuer) => {
            let cause = keys.cause("expose.tls-issuer", "");
            part.annotation("cert-manager.io/cluster-issuer", issuer.as_str(), cause)
        }
        None => part,
    };
    Some(
        Object::new(plan, part, Ingress { spec }, cause)
            .explained(plan, |why| why.below("/spec", |why| explain_ingress(plan, why))),
    )
}

fn explain_ingress(plan: &Plan<'_>, why: &mut Why<'_>) {
    why.key("/ingressClassName", "expose.ingress-class", "");
    ["/tls/0/hosts/0", "/rules/0/host"].into_iter().for_each(|it| why.key(it, "expose.host", ""));
    why.rule("/tls/0/secretName", "callers send keys, so never in the clear", &["name", "expose.tls-issuer"]);
    for index in 0..paths(plan).len() {
        why.below(&format!("/rules/0/http/paths/{index}"), |why| {
            explain_path(plan, index, "/path", why);
            why.fixed("/pathType", "whatever lies below the prefix is routed with it");
            why.key("/backend/service/name", "name", "");
            why.fixed("/backend/service/port/name", "the Service's port, whatever its number");
        });
    }
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

//! SG401: reached from outside, and nobody checks who calls.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::spec::{Auth, ServiceType};

pub(super) const LINT: Lint = Lint {
    code: "SG401",
    title: "everybody may call",
    severity: Severity::Error,
    why: "Without a key SGLang answers whoever reaches it, and lets them use your accelerators; dozens of its admin routes \
          are then open too, such as those that replace weights.",
    instead: "`secrets.api-key`; or `auth = \"gateway\"`, if a policy of the gateway checks callers",
    example: "[expose]\ngateway = \"infra/public\"\nhost = \"llm.example.com\"",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    if plan.secrets.api_key.is_some() {
        return;
    }
    let expose = &plan.spec.expose;
    if expose.service == ServiceType::LoadBalancer {
        let message = "`expose.service = \"load-balancer\"` gives the service an address of its own, and callers need no key";
        let help = "add `api-key = \"…\"` to `[secrets]`: nothing in front of this address checks callers";
        problems.push(LINT.problem(message).at(plan.keys.near("expose.service")).help(help));
        return;
    }
    let is_routed = expose.gateway.is_some() || expose.ingress_class.is_some();
    if is_routed && expose.auth == Auth::Key {
        let message = "the service is reached from outside, and callers need no key";
        let help = "add `api-key = \"…\"` to `[secrets]`; or write `auth = \"gateway\"` in `[expose]`, if the gateway checks callers";
        let at = plan.keys.at("expose.host").or_else(|| plan.keys.near("expose.gateway"));
        problems.push(LINT.problem(message).at(at).help(help));
    }
}

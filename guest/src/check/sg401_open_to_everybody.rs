//! SG401: reached from outside, and nobody checks who calls.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::path::is_within;
use crate::spec::{Auth, ServiceType};

pub(super) const LINT: Lint = Lint {
    code: "SG401",
    title: "everybody may call",
    severity: Severity::Error,
    why: "Without a key SGLang answers whoever reaches it, and lets them use your accelerators; dozens of its admin routes \
          are then open too, such as those that replace weights.",
    instead: "`secrets.api-key`; or `auth = \"gateway\"`, if a policy of the gateway checks callers",
    example: "[expose]\ngateway = \"infra/public\"\nhost = \"llm.example.com\"",
    quiet: "[expose]\ngateway = \"infra/public\"\nhost = \"llm.example.com\"\n[secrets]\nexisting = \"chat\"\napi-key = \"api-key\"\n[network]\nfrom = [\"infra\"]",
};

/// What SGLang's admin routes begin with (`ADMIN_OPTIONAL` in the entry points of 0.5.9, 0.5.15 and 0.5.23).
const ADMIN_ROUTES: &[&str] = &[
    "/abort_request",
    "/add_external_corpus",
    "/begin_weight_update",
    "/clear_hicache_storage_backend",
    "/configure_logging",
    "/continue_generation",
    "/destroy_weights_update_group",
    "/dump_expert_distribution_record",
    "/dumper",
    "/end_weight_update",
    "/flush_cache",
    "/freeze_gc",
    "/get_remote_instance_transfer_engine_info",
    "/get_weights_by_name",
    "/hicache/storage-backend",
    "/init_weights_send_group_for_remote_instance",
    "/init_weights_update_group",
    "/is_scaling_elastic_ep",
    "/list_external_corpora",
    "/load_lora_adapter",
    "/load_lora_adapter_from_tensors",
    "/pause_generation",
    "/pd_role_switch",
    "/release_memory_occupation",
    "/remote_instance_transfer_engine_info",
    "/remove_external_corpus",
    "/resume_memory_occupation",
    "/scale_elastic_ep",
    "/send_weights_to_remote_instance",
    "/set_internal_state",
    "/set_trace_level",
    "/slow_down",
    "/start_expert_distribution_record",
    "/start_profile",
    "/stop_expert_distribution_record",
    "/stop_profile",
    "/unload_lora_adapter",
    "/update_weight_version",
    "/update_weights_from_disk",
    "/update_weights_from_distributed",
    "/update_weights_from_ipc",
    "/update_weights_from_tensor",
    "/weights_checker",
];

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    callers(plan, problems);
    admin_routes(plan, problems);
}

/// A path that leads to admin routes, if callers need no key of their own there.
fn admin_routes(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let paths = plan.spec.expose.paths.iter().flatten();
    if plan.secrets.admin_key.is_some() || !is_routed(plan) {
        return;
    }
    for (index, path) in paths.enumerate().filter(|(_, it)| reaches_admin(it.as_str())) {
        let at = plan.keys.node(&["expose", "paths", &index.to_string()]).and_then(|it| it.place());
        let leads = format!("`{path}` leads to SGLang's admin routes, which");
        let problem = match (&plan.secrets.api_key, plan.spec.expose.auth) {
            (Some(_), _) => LINT.warning(format!("{leads} every caller's key opens")),
            (None, Auth::Gateway) => LINT.warning(format!("{leads} need no key behind the gateway")),
            (None, Auth::Key) => LINT.problem(format!("{leads} need no key")),
        };
        let help =
            "write the paths that callers need, such as `/v1`; or add `admin-key = \"…\"` to `[secrets]`";
        problems.push(problem.at(at).help(help));
    }
}

/// Paths are prefixes, of whole parts.
fn reaches_admin(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    ADMIN_ROUTES.iter().any(|route| is_within(route, path) || is_within(path, route))
}

fn is_routed(plan: &Plan<'_>) -> bool {
    let expose = &plan.spec.expose;
    expose.gateway.is_some() || expose.ingress_class.is_some()
}

fn callers(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
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
    if is_routed(plan) && expose.auth == Auth::Key {
        let message = "the service is reached from outside, and callers need no key";
        let help = "add `api-key = \"…\"` to `[secrets]`; or write `auth = \"gateway\"` in `[expose]`, if the gateway checks callers";
        let at = plan.keys.at("expose.host").or_else(|| plan.keys.near("expose.gateway"));
        problems.push(LINT.problem(message).at(at).help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_reaches_what_lies_below_it() {
        for path in ["/", "/flush_cache", "/hicache", "/dumper/", "/dumper/start"] {
            assert!(reaches_admin(path), "{path}");
        }
        for path in ["/v1", "/v1/chat", "/generate", "/health", "/flush", "/flush_caches"] {
            assert!(!reaches_admin(path), "{path}");
        }
    }
}

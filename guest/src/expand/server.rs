//! The server's container: SGLang, told everything by a file and a few arguments.

use crate::derive::Plan;
use crate::derive::flags::{CONFIG_FILE, CONFIG_PATH};
use crate::expand::object::escaped;
use crate::expand::volumes::Volumes;
use crate::expand::why::Why;
use crate::expand::{causes, variables};
use crate::manifest::{
    Capabilities, Container, ContainerPort, Exec, HttpGet, Lifecycle, Pairs, PreStop, Probe,
    ResourceRequirements, SecurityContext,
};

/// The name of the port that serves the API, health checks and metrics.
pub(crate) const PORT: &str = "http";

/// How often, in seconds, a server is asked whether it still lives.
const LIVENESS_PERIOD: u32 = 30;

/// Builds the container.
pub(crate) fn container(plan: &Plan<'_>, volumes: &Volumes) -> Container {
    Container {
        name: "server".into(),
        image: plan.image.reference.clone(),
        image_pull_policy: "IfNotPresent",
        restart_policy: None,
        // The exec form: a shell in between would keep SIGTERM to itself, and nothing would drain.
        command: Some(["python3", "-m", "sglang.launch_server"].map(str::to_owned).into()),
        args: arguments(plan),
        env: variables::server(plan).into_iter().map(|(variable, _)| variable).collect(),
        ports: vec![ContainerPort { name: PORT.into(), container_port: plan.port, protocol: "TCP" }],
        resources: resources(plan),
        startup_probe: Some(probe(10, 5, plan.times.startup.div_ceil(10))),
        readiness_probe: Some(probe(10, 10, 3)),
        liveness_probe: Some(probe(LIVENESS_PERIOD, 25, plan.times.watchdog.div_ceil(LIVENESS_PERIOD))),
        lifecycle: Some(Lifecycle {
            pre_stop: PreStop {
                exec: Exec { command: vec!["sleep".into(), plan.times.pre_stop.to_string()] },
            },
        }),
        security_context: security_context(),
        termination_message_path: "/dev/termination-log",
        termination_message_policy: "FallbackToLogsOnError",
        volume_mounts: volumes.mounts(),
    }
}

/// `--config` and its file are two words: SGLang overlooks `--config=FILE`.
fn arguments(plan: &Plan<'_>) -> Vec<String> {
    let mut arguments = vec!["--config".to_owned(), format!("{CONFIG_PATH}/{CONFIG_FILE}")];
    arguments.extend(plan.flags.arguments().flat_map(|(_, words)| words));
    for (flag, variable, _) in secret_arguments(plan) {
        arguments.extend([flag.to_owned(), format!("$({variable})")]);
    }
    arguments
}

/// SGLang reads its keys from no variable, so Kubernetes puts them in: the flag, the variable, and the key of the spec.
fn secret_arguments(plan: &Plan<'_>) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let api = plan.secrets.api_key.as_ref().map(|_| ("--api-key", variables::API_KEY, "secrets.api-key"));
    let admin = plan.secrets.admin_key.as_ref();
    let admin = admin.map(|_| ("--admin-api-key", variables::ADMIN_KEY, "secrets.admin-key"));
    api.into_iter().chain(admin)
}

fn explain_arguments(plan: &Plan<'_>, why: &mut Why<'_>) {
    ["/args/0", "/args/1"].into_iter().for_each(|it| why.fixed(it, "SGLang reads its flags from a file"));
    let mut next = 2;
    for (flag, words) in plan.flags.arguments() {
        let keys = plan.flags.keys_of(flag, plan.spec);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        for index in next..next + words.len() {
            why.rule(&format!("/args/{index}"), "SGLang takes this flag from no file", &keys);
        }
        next += words.len();
    }
    for (_, _, key) in secret_arguments(plan) {
        for index in [next, next + 1] {
            let reason = "SGLang reads its keys from no variable, so Kubernetes puts them in";
            why.rule(&format!("/args/{index}"), reason, &[key]);
        }
        next += 2;
    }
}

fn resources(plan: &Plan<'_>) -> ResourceRequirements {
    let resources = &plan.resources;
    let devices = (plan.gpu.resource.clone(), plan.gpu.count.to_string());
    let memory = ("memory".to_owned(), resources.memory.clone());
    let limits = Pairs::from([memory.clone(), devices.clone()]);
    let requests = Pairs::from([
        memory,
        devices,
        ("cpu".to_owned(), resources.cpu.clone()),
        ("ephemeral-storage".to_owned(), resources.ephemeral.clone()),
    ]);
    ResourceRequirements { requests, limits }
}

/// `/health` answers after a second at the earliest and after 20 at the latest, so no timeout may be Kubernetes' own second.
fn probe(period_seconds: u32, timeout_seconds: u32, failure_threshold: u32) -> Probe {
    let http_get = HttpGet { path: "/health", port: PORT, scheme: "HTTP" };
    Probe { http_get, period_seconds, timeout_seconds, success_threshold: 1, failure_threshold }
}

/// No capability, and no way to gain one.
pub(crate) fn security_context() -> SecurityContext {
    SecurityContext { allow_privilege_escalation: false, capabilities: Capabilities { drop: vec!["ALL"] } }
}

/// Why the server's container is what it is.
pub(crate) fn explain(plan: &Plan<'_>, volumes: &Volumes, why: &mut Why<'_>) {
    why.fixed("/name", "what `kubectl logs` and `kubectl exec` are told");
    why.rule("/image", "the repository with its tag or digest", &["image.repo", "image.tag", "image.digest"]);
    why.fixed("/command", "it works in every release of SGLang, and takes SIGTERM itself");
    explain_arguments(plan, why);
    for (index, (_, parts)) in variables::server(plan).into_iter().enumerate() {
        why.parts(&format!("/env/{index}"), parts);
    }
    why.fixed("/ports/0/name", "one port serves the API, health checks and metrics");
    why.key("/ports/0/containerPort", "port", "SGLang's own port");
    why.fixed("/ports/0/protocol", "SGLang speaks HTTP, which is TCP");
    explain_resources(plan, why);
    explain_probes(plan, why);
    why.fixed("/lifecycle", "routes need some seconds to forget a pod that stops");
    explain_any(why);
    volumes.explain_mounts(why);
}

fn explain_resources(plan: &Plan<'_>, why: &mut Why<'_>) {
    let devices = escaped(&plan.gpu.resource);
    let cpu = "tokenizers and schedulers need cores; a limit would throttle them";
    why.say("/resources/requests/cpu", causes::derived(plan, "resources.cpu", cpu, &["gpu.count"]));
    why.say("/resources/requests/ephemeral-storage", causes::ephemeral(plan));
    for part in ["requests", "limits"] {
        why.say(&format!("/resources/{part}/memory"), causes::memory(plan));
        why.key(&format!("/resources/{part}/{devices}"), "gpu.count", "one accelerator");
    }
}

fn explain_probes(plan: &Plan<'_>, why: &mut Why<'_>) {
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        why.below(&format!("/{probe}"), |why| {
            why.fixed("/httpGet", "SGLang's own answer to whether it serves");
            why.fixed("/periodSeconds", "often enough to notice, and seldom enough not to disturb");
            why.fixed(
                "/timeoutSeconds",
                "`/health` answers after a second at the earliest, and later when it is busy",
            );
            why.fixed(
                "/successThreshold",
                "one good answer is enough; Kubernetes takes no other for a start",
            );
        });
    }
    why.say("/startupProbe/failureThreshold", causes::startup(plan));
    let ready = "three slow answers take a server out of its routes";
    why.fixed("/readinessProbe/failureThreshold", ready);
    let seconds = plan.times.watchdog;
    let alive = format!("a busy server may be slow; SGLang's watchdog ends a hung one after {seconds} s");
    why.rule("/livenessProbe/failureThreshold", &alive, &["flags.watchdog-timeout"]);
}

/// What every container has in common.
pub(crate) fn explain_any(why: &mut Why<'_>) {
    why.fixed("/imagePullPolicy", "a tag that never moves need not be asked for again");
    why.fixed("/securityContext", "no capability, and no way to gain one");
    let default = "the API server's own default, written out so that Argo CD sees no difference";
    why.fixed("/terminationMessagePath", default);
    why.fixed("/terminationMessagePolicy", "the last lines of a crash stand in the pod's status");
}

//! The server's container: SGLang, told everything by a file and a few arguments.

use crate::contract::Cause;
use crate::derive::Plan;
use crate::derive::flags::{CONFIG_FILE, CONFIG_PATH};
use crate::expand::object::escaped;
use crate::expand::volumes::Volumes;
use crate::expand::{causes, variables};
use crate::manifest::{
    Capabilities, Container, ContainerPort, Exec, HttpGet, Lifecycle, Pairs, PreStop, Probe,
    ResourceRequirements, SecurityContext,
};

/// A container, and why its fields are what they are, by pointers into it.
pub(crate) struct Server {
    pub(crate) container: Container,
    pub(crate) causes: Vec<(String, Cause)>,
}

/// The name of the port that serves the API, health checks and metrics.
pub(crate) const PORT: &str = "http";

/// Builds the container.
pub(crate) fn container(plan: &Plan<'_>, volumes: &Volumes) -> Server {
    let env = variables::server(plan);
    let mut causes = fixed_causes(plan);
    causes.extend(env.iter().enumerate().map(|(index, (_, cause))| (format!("/env/{index}"), cause.clone())));
    let container = Container {
        name: "server".into(),
        image: plan.image.reference.clone(),
        image_pull_policy: "IfNotPresent",
        restart_policy: None,
        // The exec form: a shell in between would keep SIGTERM to itself, and nothing would drain.
        command: Some(["python3", "-m", "sglang.launch_server"].map(str::to_owned).into()),
        args: arguments(plan),
        env: env.into_iter().map(|(variable, _)| variable).collect(),
        ports: vec![ContainerPort { name: PORT.into(), container_port: plan.port, protocol: "TCP" }],
        resources: resources(plan),
        startup_probe: Some(probe(10, 5, plan.times.startup.div_ceil(10))),
        readiness_probe: Some(probe(10, 10, 3)),
        liveness_probe: Some(probe(30, 25, 10)),
        lifecycle: Some(Lifecycle {
            pre_stop: PreStop {
                exec: Exec { command: vec!["sleep".into(), plan.times.pre_stop.to_string()] },
            },
        }),
        security_context: security_context(),
        termination_message_path: "/dev/termination-log",
        termination_message_policy: "FallbackToLogsOnError",
        volume_mounts: volumes.mounts(),
    };
    Server { container, causes }
}

/// `--config` and its file are two words: SGLang overlooks `--config=FILE`.
fn arguments(plan: &Plan<'_>) -> Vec<String> {
    let mut arguments = vec!["--config".to_owned(), format!("{CONFIG_PATH}/{CONFIG_FILE}")];
    arguments.extend(plan.flags.arguments());
    // SGLang reads its keys from no variable, so Kubernetes puts them in.
    let keys = [
        ("--api-key", &plan.secrets.api_key, variables::API_KEY),
        ("--admin-api-key", &plan.secrets.admin_key, variables::ADMIN_KEY),
    ];
    for (flag, _, variable) in keys.into_iter().filter(|(_, key, _)| key.is_some()) {
        arguments.extend([flag.to_owned(), format!("$({variable})")]);
    }
    arguments
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

fn fixed_causes(plan: &Plan<'_>) -> Vec<(String, Cause)> {
    let keys = plan.keys;
    let devices = escaped(&plan.gpu.resource);
    let count = || keys.cause("gpu.count", "one accelerator");
    let mut causes: Vec<(String, Cause)> = [
        (
            "/image",
            keys.rule("the repository with its tag or digest", &["image.repo", "image.tag", "image.digest"]),
        ),
        (
            "/command",
            Cause::Defaulted("it works in every release of SGLang, and takes SIGTERM itself".into()),
        ),
        (
            "/args",
            keys.rule(
                "the configuration file, flags that SGLang refuses in it, and keys",
                &["flags", "secrets.api-key", "secrets.admin-key"],
            ),
        ),
        ("/ports/0", keys.cause("port", "SGLang's own port")),
        (
            "/resources/requests/cpu",
            causes::derived(
                plan,
                "resources.cpu",
                "tokenizers and schedulers need cores; a limit would throttle them",
                &["gpu.count"],
            ),
        ),
        ("/resources/requests/ephemeral-storage", causes::ephemeral(plan)),
        ("/resources/requests/memory", causes::memory(plan)),
        ("/resources/limits/memory", causes::memory(plan)),
        ("/startupProbe", causes::startup(plan)),
        ("/readinessProbe", Cause::Defaulted("three slow answers take a server out of its routes".into())),
        (
            "/livenessProbe",
            Cause::Defaulted(
                "a busy server may be slow; SGLang's watchdog ends a hung one after 300 s".into(),
            ),
        ),
        ("/lifecycle", Cause::Defaulted("routes need some seconds to forget a pod that stops".into())),
        ("/securityContext", Cause::Defaulted("SGLang needs no capability".into())),
    ]
    .map(|(pointer, cause)| (pointer.to_owned(), cause))
    .into();
    causes.push((format!("/resources/requests/{devices}"), count()));
    causes.push((format!("/resources/limits/{devices}"), count()));
    causes
}

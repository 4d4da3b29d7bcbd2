//! Containers beside the server: native sidecars, which start before it and stop after it. One that stood among the
//! containers would be stopped together with the server, and calls that pass through it would break while the server drains.

use crate::derive::Plan;
use crate::expand::why::Why;
use crate::expand::{server, variables};
use crate::manifest::{Container, ContainerPort, Pairs, ResourceRequirements};
use crate::spec::Sidecar;

/// Builds the sidecars, sorted by name.
pub(crate) fn containers(plan: &Plan<'_>) -> impl Iterator<Item = Container> {
    plan.spec.sidecar.iter().map(|(name, sidecar)| container(name.as_str(), sidecar))
}

/// Why they are what they are, by pointers into the pod.
pub(crate) fn explain(plan: &Plan<'_>, why: &mut Why<'_>) {
    for (index, (name, sidecar)) in plan.spec.sidecar.iter().enumerate() {
        why.below(&format!("/initContainers/{index}"), |why| explain_one(plan, name.as_str(), sidecar, why));
    }
}

fn explain_one(plan: &Plan<'_>, name: &str, sidecar: &Sidecar, why: &mut Why<'_>) {
    let path = ["sidecar", name];
    why.name_of("/name", &path);
    why.entry("/image", &["sidecar", name, "image"]);
    why.fixed("/restartPolicy", "makes a sidecar of it, which starts before the server and stops after it");
    for index in 0..sidecar.args.len() {
        let number = index.to_string();
        why.entry(&format!("/args/{index}"), &["sidecar", name, "args", &number]);
    }
    for (index, (variable, value)) in sidecar.env.iter().enumerate() {
        let path = ["sidecar", name, "env", variable.as_str()];
        why.parts(&format!("/env/{index}"), variables::team_causes(plan, &path, value));
    }
    for (index, port) in sidecar.ports.keys().enumerate() {
        why.below(&format!("/ports/{index}"), |why| explain_port(name, port.as_str(), why));
    }
    let (cpu, memory) = (format!("sidecar.{name}.resources.cpu"), format!("sidecar.{name}.resources.memory"));
    why.key("/resources/requests/cpu", &cpu, "a tenth of a core is enough for what passes calls on");
    for pointer in ["/resources/requests/memory", "/resources/limits/memory"] {
        why.key(pointer, &memory, "256 MiB are enough for what passes calls on");
    }
    server::explain_any(why);
}

/// A port of a sidecar's, in the container and in the Service.
pub(crate) fn explain_port(sidecar: &str, port: &str, why: &mut Why<'_>) {
    let path = ["sidecar", sidecar, "ports", port];
    why.name_of("/name", &path);
    ["/containerPort", "/port", "/targetPort"].into_iter().for_each(|it| why.entry(it, &path));
    why.fixed("/protocol", "the ports of a sidecar are TCP");
}

/// The ports of all sidecars: the sidecar's name, and the port's.
pub(crate) fn port_names<'a>(plan: &Plan<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let sidecars = plan.spec.sidecar.iter();
    sidecars.flat_map(|(name, it)| it.ports.keys().map(|port| (name.as_str(), port.as_str())))
}

fn container(name: &str, sidecar: &Sidecar) -> Container {
    let port = |(name, port): (&crate::spec::units::PortName, &crate::spec::Port)| ContainerPort {
        name: name.to_string(),
        container_port: port.0,
        protocol: "TCP",
    };
    Container {
        name: name.to_owned(),
        image: sidecar.image.as_ref().map(ToString::to_string).unwrap_or_default(),
        image_pull_policy: "IfNotPresent",
        restart_policy: Some("Always"),
        command: None,
        args: sidecar.args.iter().map(ToString::to_string).collect(),
        env: sidecar.env.iter().map(|(name, variable)| variables::team(name, variable)).collect(),
        ports: sidecar.ports.iter().map(port).collect(),
        resources: resources(sidecar),
        startup_probe: None,
        readiness_probe: None,
        liveness_probe: None,
        lifecycle: None,
        security_context: server::security_context(),
        termination_message_path: "/dev/termination-log",
        termination_message_policy: "FallbackToLogsOnError",
        volume_mounts: Vec::new(),
    }
}

fn resources(sidecar: &Sidecar) -> ResourceRequirements {
    let written = &sidecar.resources;
    let cpu = written.cpu.as_ref().map_or_else(|| "100m".to_owned(), ToString::to_string);
    let memory = written.memory.as_ref().map_or_else(|| "256Mi".to_owned(), ToString::to_string);
    ResourceRequirements {
        requests: Pairs::from([("cpu".into(), cpu), ("memory".into(), memory.clone())]),
        limits: Pairs::from([("memory".into(), memory)]),
    }
}

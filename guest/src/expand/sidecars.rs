//! Containers beside the server: native sidecars, which start before it and stop after it. One that stood among the
//! containers would be stopped together with the server, and calls that pass through it would break while the server drains.

use crate::contract::Cause;
use crate::derive::Plan;
use crate::expand::{causes, server, variables};
use crate::manifest::{Container, ContainerPort, Pairs, ResourceRequirements};
use crate::spec::Sidecar;

/// Builds the sidecars, sorted by name.
pub(crate) fn containers(plan: &Plan<'_>) -> impl Iterator<Item = Container> {
    plan.spec.sidecar.iter().map(|(name, sidecar)| container(name.as_str(), sidecar))
}

/// Why each sidecar is there, by pointers into the pod.
pub(crate) fn causes(plan: &Plan<'_>) -> impl Iterator<Item = (String, Cause)> {
    let names = plan.spec.sidecar.keys().enumerate();
    names.map(|(index, name)| {
        (format!("/initContainers/{index}"), causes::entry(plan, "sidecar", name.as_str()))
    })
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

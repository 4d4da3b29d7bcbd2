//! Mounts that would hide something: each path of a pod is one volume's.

use crate::contract::{Problem, Span};
use crate::derive::Plan;
use crate::expand::volumes::{self, TEAMS};
use crate::manifest::VolumeMount;
use crate::path::is_within;
use crate::tree::Node;

/// Mounts of the team's that would hide each other or the server's own, or that nothing can mount.
pub(crate) fn problems(plan: &Plan<'_>) -> Vec<Problem> {
    if plan.spec.mounts.is_empty() {
        return Vec::new();
    }
    let mounts = volumes::server(plan).mounts();
    // One without a path has a problem already.
    let mounts = mounts.iter().filter(|it| !it.mount_path.is_empty());
    let (teams, own): (Vec<&VolumeMount>, Vec<&VolumeMount>) = mounts.partition(|it| team_name(it).is_some());
    let collision = |(index, mount): (usize, &&VolumeMount)| {
        let earlier = teams[..index].iter().find(|it| normal(&it.mount_path) == normal(&mount.mount_path));
        hidden(plan, mount, &own, &teams).or_else(|| earlier.map(|other| twice(plan, other, mount)))
    };
    teams.iter().enumerate().filter_map(collision).collect()
}

/// A path as the kernel reads it.
fn normal(path: &str) -> String {
    let parts = path.split('/').filter(|it| !matches!(*it, "" | "."));
    parts.map(|it| format!("/{it}")).collect()
}

/// What the spec calls a mount of the team's.
fn team_name(mount: &VolumeMount) -> Option<&str> {
    mount.name.strip_prefix(TEAMS)
}

fn place(plan: &Plan<'_>, mount: &VolumeMount) -> Option<Span> {
    plan.keys.node(&["mounts", team_name(mount)?]).and_then(Node::place)
}

/// What a mount of the team's does to the server's own, or what keeps it from being mounted.
fn hidden(
    plan: &Plan<'_>,
    mount: &VolumeMount,
    own: &[&VolumeMount],
    teams: &[&VolumeMount],
) -> Option<Problem> {
    let path = normal(&mount.mount_path);
    let name = team_name(mount).unwrap_or_default();
    let same = own.iter().find(|it| normal(&it.mount_path) == path);
    // No folder can be made in a volume that is only read.
    let is_read_only = |it: &&&VolumeMount| it.read_only == Some(true);
    let is_around = |it: &&&VolumeMount| {
        let above = normal(&it.mount_path);
        !above.is_empty() && path != above && is_within(&path, &above)
    };
    let around = own.iter().chain(teams).filter(is_read_only).find(is_around);
    let message = match (same, around) {
        _ if path.is_empty() => format!("`mounts.{name}` would hide the whole image"),
        (Some(own), _) => format!("`mounts.{name}` would hide the server's own `{}`", own.mount_path),
        (None, Some(around)) => {
            format!("`mounts.{name}` lies inside of {}, which is only read", called(around))
        }
        (None, None) => return None,
    };
    Some(Problem::error("SG016", message).at(place(plan, mount)).help("choose another `path`"))
}

fn called(mount: &VolumeMount) -> String {
    let own = || format!("the server's own `{}`", mount.mount_path);
    team_name(mount).map_or_else(own, |it| format!("`mounts.{it}`"))
}

fn twice(plan: &Plan<'_>, other: &VolumeMount, mount: &VolumeMount) -> Problem {
    let [one, two] = [other, mount].map(|it| team_name(it).unwrap_or_default());
    let message = format!("`mounts.{one}` and `mounts.{two}` both appear at `{}`", mount.mount_path);
    let problem = Problem::error("SG016", message).at(place(plan, mount));
    problem.related(place(plan, other), "the other one").help("choose another `path`")
}

//! Argo CD's own objects, which deliver what the spec expands to: an AppProject, and for each environment an Application, or
//! an ApplicationSet where it has several clusters.
//!
//! Only the keys that delivery needs are read, so that a service whose model does not fit has its Applications all the same.

mod application;
mod fleet;
mod project;
mod set;
mod target;

use crate::contract::{Expansion, File, Problem, Request, Severity, Source};
use crate::derive::keys::Causes;
use crate::expand::object::Object;
use crate::sources::OPERATOR;
use crate::{merge, parameters, sorted};
use fleet::{Fleet, Unit};

/// Builds the objects of every environment, or of the one that was chosen. The AppProject always permits all of them, since
/// it belongs to all.
pub(crate) fn expand(request: &Request, source: &Source) -> Result<Expansion, Vec<Problem>> {
    let chosen = request.environment.as_deref().or_else(|| parameters::environment(&request.parameters));
    if chosen.is_some() {
        merge::merge(&request.files, chosen, &request.parameters)?;
    }
    let (targets, mut problems) = target::all(request)?;
    let fleet = Fleet::of(&targets, &mut problems);
    let problems = sorted(problems);
    if problems.iter().any(|it| it.severity == Severity::Error) {
        return Err(problems);
    }
    let way = Way { source, paths: paths(&request.files), causes: causes(request) };
    let is_asked = |unit: &&Unit<'_>| chosen.is_none_or(|it| unit.delivers(it));
    let projects = project::projects(&fleet, &way);
    let deliveries = fleet.units.iter().filter(is_asked).map(|it| deliver(it, &way));
    let manifests = projects.into_iter().chain(deliveries).map(Object::into_manifest).collect();
    Ok(Expansion { manifests, allow_empty: false, warnings: problems })
}

/// Where everything comes from, and what it is made from.
pub(crate) struct Way<'a> {
    source: &'a Source,
    /// `manifest-generate-paths`.
    paths: String,
    causes: Causes,
}

fn deliver(unit: &Unit<'_>, way: &Way<'_>) -> Object {
    match unit {
        Unit::One(member) => application::application(member, way),
        Unit::Set(set) => set::application_set(set, way),
    }
}

fn causes(request: &Request) -> Causes {
    if request.with_origins { Causes::Told } else { Causes::Silent }
}

/// The spec's folder, and every other file that it asks for in any environment: Argo CD may send the plugin nothing else.
fn paths(files: &[File]) -> String {
    let folder =
        files.first().and_then(|it| it.path.rsplit_once('/')).map(|(folder, _)| format!("{folder}/"));
    let is_inside = |path: &str| folder.as_ref().is_none_or(|it| path.starts_with(it.as_str()));
    let others =
        files.iter().skip(1).map(|it| it.path.as_str()).filter(|it| *it != OPERATOR && !is_inside(it));
    let mut paths: Vec<String> = others.map(absolute).collect();
    paths.sort();
    paths.insert(0, ".".to_owned());
    paths.join(";")
}

/// From the repository's root. Nothing escapes a `;`, so the nearest folder without one stands for what it holds.
fn absolute(path: &str) -> String {
    match path.split_once(';') {
        None => format!("/{path}"),
        Some((before, _)) => format!("/{}", before.rsplit_once('/').map_or("", |(folder, _)| folder)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Output;

    const SPEC: &str = "\
name = \"chat\"
[env.dev]
[env.prod]
argo.clusters = [\"eu\", \"us\"]
[env.prod-us]
inherits = \"prod\"
argo.cluster = \"us\"
";

    fn objects(environment: Option<&str>) -> Result<Vec<String>, Vec<Problem>> {
        let source = Source {
            repository: "https://git.example.com/models.git".into(),
            revision: "HEAD".into(),
            path: String::new(),
            plugin: "sglang-v1".into(),
        };
        let request = Request {
            files: vec![File { path: "sglang.toml".into(), text: SPEC.into() }],
            environment: environment.map(str::to_owned),
            application: None,
            parameters: Vec::new(),
            output: Output::Delivery(source.clone()),
            with_origins: false,
        };
        let name = |json: &str| {
            let object: serde_json::Value = serde_json::from_str(json).unwrap();
            let word = |pointer| object.pointer(pointer).and_then(|it| it.as_str()).unwrap().to_owned();
            format!("{}/{}", word("/kind"), word("/metadata/name"))
        };
        Ok(expand(&request, &source)?.manifests.iter().map(|it| name(&it.json)).collect())
    }

    #[test]
    fn who_chooses_an_environment_gets_what_delivers_it() {
        let [project, dev, prod] = ["AppProject/chat", "Application/chat-dev", "ApplicationSet/chat-prod"];
        assert_eq!(objects(None).unwrap(), [project, dev, prod]);
        assert_eq!(objects(Some("dev")).unwrap(), [project, dev]);
        assert_eq!(objects(Some("prod")).unwrap(), [project, prod]);
        assert_eq!(objects(Some("prod-us")).unwrap(), [project, prod]);
        assert_eq!(objects(Some("qa")).unwrap_err()[0].code, "SG020");
    }

    fn of(paths: &[&str]) -> String {
        let file = |it: &&str| File { path: (*it).to_owned(), text: String::new() };
        super::paths(&paths.iter().map(file).collect::<Vec<_>>())
    }

    #[test]
    fn paths_hold_everything_that_is_read() {
        assert_eq!(of(&["sglang.toml", "base.toml", "a/b.jinja", "cmp-host.toml"]), ".");
        assert_eq!(
            of(&["a/b/sglang.toml", "z.toml", "a/b/c.jinja", "a/base.toml"]),
            ".;/a/base.toml;/z.toml"
        );
        assert_eq!(of(&["a/sglang.toml", "b/c;d/e.toml", "f;g.toml"]), ".;/;/b");
    }
}

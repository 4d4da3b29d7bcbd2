//! Finds the Application in a file, and of its sources the one that a plugin expands.

use crate::application::reader::{CODE, Reader};
use crate::application::source::Source;
use crate::application::{NO_PLUGIN, no_plugin};
use crate::guest::contract::{Application, File, Location, Problem, Related};
use crate::problem::problem;
use crate::yaml::read::{Node, Value, documents};

/// Applications of this namespace are called by their names alone; others get their namespace in front.
const ARGO_NAMESPACE: &str = "argocd";

/// An Application.
pub(crate) struct Found {
    pub(crate) application: Application,
    pub(crate) source: Source,
    /// Where the source stands.
    pub(crate) at: Location,
    /// Where its path does.
    pub(crate) path_at: Location,
}

/// The one Application of a file: among several documents, or in a list, as `kubectl get` prints them.
pub(crate) fn application(file: &File, reader: &mut Reader) -> Result<Found, Vec<Problem>> {
    let documents = match documents(&file.text) {
        Ok(documents) => documents,
        Err(error) => {
            reader.unreadable(&error);
            return Err(std::mem::take(&mut reader.problems));
        }
    };
    let objects: Vec<&Node> = documents.iter().flat_map(objects).collect();
    let applications: Vec<&Node> = objects.iter().copied().filter(|it| is_application(it)).collect();
    let found = match applications[..] {
        [] => Err(vec![none(file, &objects)]),
        [one] => read(one, reader),
        [first, second, ..] => Err(vec![several(applications.len(), first, second, reader)]),
    };
    match found {
        Ok(found) if reader.problems.is_empty() => Ok(found),
        Ok(_) => Err(std::mem::take(&mut reader.problems)),
        Err(problems) => Err(reader.problems.drain(..).chain(problems).collect()),
    }
}

fn objects(document: &Node) -> Vec<&Node> {
    let is_list = document.get("kind").and_then(Node::text).is_some_and(|it| it.ends_with("List"));
    match document.get("items").map(|it| &it.value) {
        Some(Value::List(items)) if is_list => items.iter().collect(),
        _ => vec![document],
    }
}

/// There is another kind of this name, of the group `app.k8s.io`.
fn is_application(object: &Node) -> bool {
    let text = |key| object.get(key).and_then(Node::text).unwrap_or_default();
    text("kind") == "Application" && text("apiVersion").starts_with("argoproj.io/")
}

fn read(object: &Node, reader: &mut Reader) -> Result<Found, Vec<Problem>> {
    let mut text = |path: &[&str]| {
        let mut found = String::new();
        let node = path.iter().try_fold(object, |node, key| node.get(key));
        if let Some(node) = node.filter(|it| !it.is_null()) {
            reader.text(&path.join("."), node, &mut found);
        }
        found
    };
    let name = text(&["metadata", "name"]);
    let own_namespace = text(&["metadata", "namespace"]);
    let namespace = text(&["spec", "destination", "namespace"]);
    let project = text(&["spec", "project"]);
    if name.is_empty() {
        let unnamed = problem(CODE, "the Application has no name").at(Some(reader.at(object)));
        return Err(vec![unnamed.help("write `metadata: {name: …}`")]);
    }
    let application = Application {
        name: instance_name(name, &own_namespace),
        namespace,
        project: if project.is_empty() { String::from("default") } else { project },
    };
    let (place, node) = the_source(object, reader)?;
    let mut source = Source::default();
    source.take(reader, &place, node);
    let path_at = reader.at(node.get("path").unwrap_or(node));
    Ok(Found { application, source, at: reader.at(node), path_at })
}

fn instance_name(name: String, namespace: &str) -> String {
    if namespace.is_empty() || namespace == ARGO_NAMESPACE { name } else { format!("{namespace}_{name}") }
}

/// A source hydrator comes before several sources, and these before one.
fn the_source<'n>(object: &'n Node, reader: &Reader) -> Result<(String, &'n Node), Vec<Problem>> {
    let spec = |key| object.get("spec")?.get(key).filter(|it| !it.is_null());
    if let Some(hydrator) = spec("sourceHydrator") {
        let dry = hydrator.get("drySource").ok_or_else(|| vec![no_source(object, reader)])?;
        return Ok((String::from("spec.sourceHydrator.drySource"), dry));
    }
    if let Some(Value::List(sources)) = spec("sources").map(|it| &it.value)
        && !sources.is_empty()
    {
        let (index, node) = one_of(sources, reader)?;
        return Ok((format!("spec.sources[{index}]"), node));
    }
    let source = spec("source").ok_or_else(|| vec![no_source(object, reader)])?;
    Ok((String::from("spec.source"), source))
}

/// The one source with a plugin. A single one may get its plugin from a file beside the spec.
fn one_of<'n>(sources: &'n [Node], reader: &Reader) -> Result<(usize, &'n Node), Vec<Problem>> {
    let with_plugin =
        |(_, it): &(usize, &Node)| sources.len() == 1 || it.get("plugin").is_some_and(|it| !it.is_null());
    let mut with_plugin = sources.iter().enumerate().filter(with_plugin);
    match (with_plugin.next(), with_plugin.next()) {
        (None, _) => Err(vec![no_plugin().at(Some(reader.at(&sources[0])))]),
        (Some(one), None) => Ok(one),
        (Some((_, first)), Some((_, second))) => {
            let message = "several sources of the Application name a plugin";
            let first = Related { at: reader.at(first), message: String::from("the first one") };
            let problem = problem(NO_PLUGIN, message).at(Some(reader.at(second)));
            let problem = problem.help("give a file with one of them; Argo CD asks for each by itself");
            Err(vec![Problem { related: vec![first], ..problem }])
        }
    }
}

fn no_source(object: &Node, reader: &Reader) -> Problem {
    let at = object.get("spec").unwrap_or(object);
    problem(CODE, "the Application has no source")
        .at(Some(reader.at(at)))
        .help("write `source: {repoURL: …, path: …, plugin: {name: sglang-v1}}` below `spec`")
}

fn none(file: &File, objects: &[&Node]) -> Problem {
    let text =
        |it: &Node, key| it.get(key).and_then(Node::text).unwrap_or("nothing").escape_debug().to_string();
    let kinds = objects.iter().filter(|it| it.get("kind").is_some());
    let kinds = kinds.map(|it| format!("`{}` of `{}`", text(it, "kind"), text(it, "apiVersion")));
    let kinds: Vec<String> = kinds.collect();
    let wanted = "name a file with the kind `Application` of `argoproj.io/v1alpha1`";
    let help = match kinds.is_empty() {
        true => wanted.to_owned(),
        false => format!("{wanted}; this one has {}", kinds.join(", ")),
    };
    problem(CODE, format!("there is no Argo CD Application in `{}`", file.path)).help(help)
}

fn several(count: usize, first: &Node, second: &Node, reader: &Reader) -> Problem {
    let related = Related { at: reader.at(first), message: String::from("the first one") };
    let problem = problem(CODE, format!("there are {count} Applications in this file"))
        .at(Some(reader.at(second)))
        .help("give a file with one: `kubectl get application NAME -n argocd -o yaml`");
    Problem { related: vec![related], ..problem }
}

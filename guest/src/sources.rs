//! The files of a request: the operator's defaults, the spec, the bases that it extends, and what else it asks for.

use crate::contract::{File, Input, Problem, Span};
use crate::environments::WHOLE;
use crate::overlay::overlay_onto;
use crate::spec::units::RepositoryPath;
use crate::tree::{self, Node, Table};

/// The name of the file that carries the operator's defaults. The host gives it; no file of a repository can be it.
pub(crate) const OPERATOR: &str = "cmp-host.toml";
/// The key that names a chat template.
pub(crate) const CHAT_TEMPLATE: &str = "model.chat-template";

/// Everything that holds for all environments, merged.
pub(crate) struct Layers {
    pub(crate) tree: Node,
    /// What single layers contradict themselves in.
    pub(crate) problems: Vec<Problem>,
}

/// Whether a file can ask for another. Most cannot, and are not parsed to know it: what is wrong with them, `expand` says.
/// A key may also be spelt with escapes.
pub(crate) fn may_ask(text: &str) -> bool {
    ["extends", "chat-template", "\\"].iter().any(|it| text.contains(it))
}

/// The parsed layers of a request, the spec first, then each base after the file that extends it.
pub(crate) struct Sources {
    /// What the operator gives every spec.
    defaults: Option<Node>,
    /// Keys that stand in the wrong one of these files.
    problems: Vec<Problem>,
    /// The spec and its bases; the last one extends none.
    chain: Vec<Node>,
    /// Files that are wanted and not there yet.
    pub(crate) missing: Vec<Input>,
}

impl Sources {
    /// Parses the spec and everything that it extends, as far as the host has read it.
    pub(crate) fn parse(files: &[File]) -> Result<Sources, Vec<Problem>> {
        let Some(spec) = files.first() else {
            return Err(vec![Problem::error("SG001", "there is no spec")]);
        };
        let parsed = tree::parse(0, &spec.text)?;
        if parsed.table().is_some_and(Table::is_empty) {
            let problem = Problem::error("SG001", "the spec is empty").at(parsed.at);
            return Err(vec![problem.help("write a first one with `cmp-host init`")]);
        }
        let (defaults, problems) = defaults(files)?;
        let mut sources = Sources { defaults, problems, chain: vec![parsed], missing: Vec::new() };
        let mut paths = vec![spec.path.clone()];
        while let Some((path, at)) = sources.next_base(&paths)? {
            let Some(index) = files.iter().position(|it| it.path == path) else {
                sources.missing.push(Input { path, asked_by: at });
                break;
            };
            let base = tree::parse(index as u32, &files[index].text)?;
            sources.problems.extend(host_keys(&base));
            sources.chain.push(base);
            paths.push(path);
        }
        Ok(sources)
    }

    /// The base that the last file of the chain extends.
    fn next_base(&self, paths: &[String]) -> Result<Option<(String, Option<Span>)>, Vec<Problem>> {
        let Some(extends) = self.chain.last().and_then(|it| it.get("extends")) else { return Ok(None) };
        let from = paths.last().map_or("", String::as_str);
        let path = resolve(from, extends, "extends").map_err(|it| vec![it])?;
        if paths.contains(&path) {
            let circle = format!("{} → {path}", paths.join(" → "));
            let problem = Problem::error("SG022", format!("specs extend each other in a circle: {circle}"));
            return Err(vec![problem.at(extends.place()).help("drop one of these `extends`")]);
        }
        Ok(Some((path, extends.place())))
    }

    /// The chat templates that the spec names, in any of its environments.
    pub(crate) fn chat_templates(self, files: &[File]) -> Result<Vec<Input>, Vec<Problem>> {
        let Layers { tree, .. } = self.layers();
        let environments = tree.get("env").and_then(Node::table).into_iter().flat_map(|it| it.values());
        let named = std::iter::once(&tree).chain(environments).filter_map(|it| it.find(CHAT_TEMPLATE));
        let mut inputs = Vec::new();
        for node in named {
            let path = template_path(files, node).map_err(|it| vec![it])?;
            inputs.push(Input { path, asked_by: node.place() });
        }
        Ok(inputs)
    }

    /// Merges what holds for all environments: defaults below bases below the spec.
    pub(crate) fn layers(self) -> Layers {
        // What is not there is missing at the spec's first line.
        let mut tree = Node { at: self.chain[0].at, ..Node::empty() };
        let layers = self.defaults.into_iter().chain(self.chain.into_iter().rev());
        let mut problems = self.problems;
        problems.extend(layers.flat_map(|it| overlay_onto(&mut tree, it)));
        Layers { tree, problems }
    }

    /// Whether the spec or a base has this table; a default alone asks for nothing.
    pub(crate) fn ask_for(&self, key: &str) -> bool {
        self.chain.iter().any(|it| it.get(key).is_some())
    }
}

/// The path of a chat template, relative to the file that names it.
pub(crate) fn template_path(files: &[File], node: &Node) -> Result<String, Problem> {
    let from = node.at.map_or(0, |it| it.file as usize);
    resolve(files.get(from).map_or("", |it| &it.path), node, CHAT_TEMPLATE)
}

/// The operator's defaults, without the keys that cannot be any.
fn defaults(files: &[File]) -> Result<(Option<Node>, Vec<Problem>), Vec<Problem>> {
    let Some(index) = files.iter().skip(1).position(|it| it.path == OPERATOR).map(|it| it + 1) else {
        return Ok((None, Vec::new()));
    };
    let mut file = tree::parse(index as u32, &files[index].text)?;
    let Some(mut defaults) = file.remove(&["defaults"]) else { return Ok((None, Vec::new())) };
    let own = WHOLE.into_iter().chain(["name"]);
    let refused = own.filter_map(|key| Some((key, defaults.remove(&[key])?))).map(|(key, node)| {
        let message = format!("`{key}` cannot be a default: it is each service's own");
        Problem::error("SG011", message).at(node.key).help("drop it here; a spec says it")
    });
    let problems = refused.collect();
    Ok((Some(defaults), problems))
}

/// Keys of the host, which looks for them in the spec and nowhere else.
fn host_keys(base: &Node) -> Vec<Problem> {
    let found = ["guest", "limits"].into_iter().filter_map(|key| Some((key, base.get(key)?)));
    let problem = |(key, node): (&str, &Node)| {
        let message =
            format!("`{key}` stands in a file that is extended, where the host does not look for it");
        Problem::error("SG011", message).at(node.key).help("write it into the spec itself")
    };
    found.map(problem).collect()
}

/// The path that a node names, relative to the file it stands in; it must stay inside of the repository.
pub(crate) fn resolve(from: &str, node: &Node, key: &str) -> Result<String, Problem> {
    let help = "name a file of this repository, relative to this one";
    let Some(path) = node.text() else {
        let problem = Problem::error("SG012", format!("`{key}` is {}; expected a path", node.kind()));
        return Err(problem.at(node.place()).help(help));
    };
    let shown = path.escape_debug();
    let refused = |code, message: String| Err(Problem::error(code, message).at(node.place()).help(help));
    if !RepositoryPath::accepts(path) && !path.starts_with('/') {
        let expected = "a relative path in the repository, with `/` between its parts";
        return refused("SG013", format!("`{key}` cannot be `{shown}`; expected {expected}"));
    }
    match join(from, path) {
        Some(joined) if joined == OPERATOR => {
            refused("SG006", format!("`{key}` names `{OPERATOR}`, which is the operator's own file"))
        }
        Some(joined) if joined.is_empty() => refused("SG005", format!("`{key}` names a folder: `{shown}`")),
        Some(joined) => Ok(joined),
        None => refused("SG006", format!("`{key}` leads out of the repository: `{shown}`")),
    }
}

/// Joins a relative path to the folder of a file; none if that leads out of the repository.
fn join(from: &str, path: &str) -> Option<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    if path.starts_with('/') {
        return None;
    }
    for part in path.split('/').filter(|it| !it.is_empty() && *it != ".") {
        match part {
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Node {
        tree::parse(0, &format!("p = {text:?}")).unwrap().remove(&["p"]).unwrap()
    }

    #[test]
    fn a_path_is_relative_to_its_file_and_stays_inside() {
        assert_eq!(resolve("a/b/sglang.toml", &path("../base.toml"), "extends").unwrap(), "a/base.toml");
        assert_eq!(resolve("sglang.toml", &path("./x//y.toml"), "extends").unwrap(), "x/y.toml");
        for (wrong, code) in [
            ("../base.toml", "SG006"),
            ("/etc/passwd", "SG006"),
            ("a/../../b", "SG006"),
            ("a\\b", "SG013"),
            ("", "SG013"),
            ("a\nb", "SG013"),
            (".", "SG005"),
            ("./cmp-host.toml", "SG006"),
        ] {
            assert_eq!(resolve("sglang.toml", &path(wrong), "extends").unwrap_err().code, code, "{wrong}");
        }
    }
}

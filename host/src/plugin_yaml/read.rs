//! From the text of `plugin.yaml` to what it says, or to all that is wrong with it.

use std::ops::Range;

use crate::announcement::Announcement;
use crate::diagnostic::Report;
use crate::guest::contract::{File, Location, Problem, Severity, Span};
use crate::plugin_yaml::{Discover, Plugin, wrong};
use crate::yaml::read::{Node, NotYaml, Value, first};

/// Reads a file.
pub(crate) fn plugin(file: File) -> Result<Plugin, Report> {
    let root = match first(&file.text) {
        Ok(root) => root,
        Err(NotYaml { at, message }) => {
            let problem =
                wrong(format!("this is not YAML: {message}"), "mend the line; the rest is read then");
            return Err(Report::new(vec![file], vec![problem.at(Some(location(at)))]));
        }
    };
    let mut reader = Reader { text: &file.text, problems: Vec::new(), notes: Vec::new() };
    let plugin = reader.plugin(&root);
    let Reader { problems, notes, .. } = reader;
    match plugin {
        Some(plugin) if problems.is_empty() => Ok(Plugin { notes: Report::new(vec![file], notes), ..plugin }),
        _ => Err(Report::new(vec![file], in_order(problems))),
    }
}

fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|it| match &it.at {
        Some(Location::Span(span)) => span.start,
        _ => 0,
    });
    problems
}

fn location(at: Range<usize>) -> Location {
    let offset = |it| u32::try_from(it).unwrap_or(u32::MAX);
    Location::Span(Span { file: 0, start: offset(at.start), end: offset(at.end) })
}

struct Reader<'a> {
    text: &'a str,
    problems: Vec<Problem>,
    notes: Vec<Problem>,
}

/// A map and the dotted key that leads to it. One that is missing has no entries.
struct Map<'a> {
    path: String,
    entries: &'a [(Node, Node)],
    at: Range<usize>,
}

impl<'a> Map<'a> {
    fn key(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The last one counts, and one that is written exactly so before all others. Null is as if it were not there.
    fn get(&self, name: &str) -> Option<&'a Node> {
        let find = |is_it: &dyn Fn(&str) -> bool| {
            self.entries.iter().rev().find(|(key, _)| matches!(&key.value, Value::Text(it) if is_it(it)))
        };
        let found = find(&|it| it == name).or_else(|| find(&|it| it.eq_ignore_ascii_case(name)));
        found.map(|it| &it.1).filter(|it| !matches!(it.value, Value::Null))
    }
}

impl<'a> Reader<'a> {
    /// None only beside problems.
    fn plugin(&mut self, root: &'a Node) -> Option<Plugin> {
        let top = self.map_of("", root)?;
        self.kind(&top);
        let metadata = self.map(&top, "metadata");
        let name = self.name(&metadata);
        let spec = self.map(&top, "spec");
        let version = self.text(&spec, "version").and_then(|(version, at)| {
            self.file_name("spec.version", version, at).filter(|it| !it.is_empty())
        });
        for key in ["init", "generate"] {
            self.command(&spec, key);
        }
        let discover = self.discover(&spec);
        let dynamic = self.is_dynamic(&spec);
        let parameters = self.parameters(&spec);
        self.switch(&spec, "preserveFileMode", "nothing is written to a disk here");
        self.switch(&spec, "provideGitCreds", "nothing is fetched from a repository here");
        Some(Plugin { name: name?, version, discover, dynamic, parameters, notes: Report::default() })
    }

    fn kind(&mut self, top: &Map<'a>) {
        const KIND: &str = "ConfigManagementPlugin";
        let problem = match self.text(top, "kind") {
            Some((kind, _)) if kind == KIND => return,
            Some((kind, at)) => (format!("`kind` is `{}`", kind.escape_debug()), at),
            None if top.get("kind").is_some() => return,
            None => (String::from("`kind` is missing"), top.at.clone()),
        };
        self.refuse(problem.1, wrong(problem.0, format!("write `kind: {KIND}`")));
    }

    fn name(&mut self, metadata: &Map<'a>) -> Option<String> {
        match self.text(metadata, "name") {
            Some((name, at)) if !name.is_empty() => return self.file_name("metadata.name", name, at),
            Some((_, at)) => self.missing_name(at),
            None if metadata.get("name").is_none() => self.missing_name(metadata.at.clone()),
            None => {}
        }
        None
    }

    fn missing_name(&mut self, at: Range<usize>) {
        let help = "write the name by which Applications call the plugin";
        self.refuse(at, wrong("`metadata.name` is missing", help));
    }

    /// Name and version become a file's name in the folder of sockets.
    fn file_name(&mut self, path: &str, text: &str, at: Range<usize>) -> Option<String> {
        if text.contains(|it: char| it == '/' || it.is_control()) {
            let message =
                format!("`{path}` cannot be `{}`: it becomes the name of a file", text.escape_debug());
            self.refuse(at, wrong(message, "write a name without `/` and without control characters"));
            return None;
        }
        Some(text.to_owned())
    }

    fn command(&mut self, parent: &Map<'a>, key: &str) {
        let map = self.map(parent, key);
        self.texts(&map, "args");
        if !self.texts(&map, "command").is_empty() {
            let at = map.get("command").map_or(map.at.clone(), |it| it.at.clone());
            self.note(at, &map.key("command"), "this server runs no commands");
        }
    }

    fn discover(&mut self, spec: &Map<'a>) -> Discover {
        let discover = self.map(spec, "discover");
        let find = self.map(&discover, "find");
        let file_name = self.text(&discover, "fileName").filter(|it| !it.0.is_empty());
        let glob = self.text(&find, "glob").filter(|it| !it.0.is_empty());
        self.texts(&find, "args");
        let has_command = !self.texts(&find, "command").is_empty();
        match (file_name, glob) {
            (Some((pattern, _)), _) => Discover::FileName(pattern.to_owned()),
            (None, Some((pattern, _))) => Discover::Glob(pattern.to_owned()),
            (None, None) => {
                if has_command {
                    self.refuse(
                        discover.at,
                        wrong(
                            "`spec.discover.find.command` would be run, and this server runs no commands",
                            "write `fileName` or `find.glob`, or drop `discover` and name the plugin in each Application",
                        ),
                    );
                }
                Discover::Off
            }
        }
    }

    fn is_dynamic(&mut self, spec: &Map<'a>) -> bool {
        let parameters = self.map(spec, "parameters");
        self.command(&parameters, "dynamic");
        parameters.get("dynamic").is_some()
    }

    fn parameters(&mut self, spec: &Map<'a>) -> Vec<Announcement> {
        let parameters = self.map(spec, "parameters");
        let path = parameters.key("static");
        let Some(node) = parameters.get("static") else { return Vec::new() };
        let Value::List(items) = &node.value else {
            self.mistyped(&path, node, "a list of maps");
            return Vec::new();
        };
        let maps = items.iter().enumerate().map(|(index, it)| self.map_of(&format!("{path}.{index}"), it));
        let maps: Vec<Map<'a>> = maps.collect::<Vec<_>>().into_iter().flatten().collect();
        maps.iter().map(|it| self.announcement(it)).collect()
    }

    fn announcement(&mut self, map: &Map<'a>) -> Announcement {
        let mut text = |key| self.text(map, key).map(|it| it.0.to_owned()).unwrap_or_default();
        Announcement {
            name: text("name"),
            title: text("title"),
            tooltip: text("tooltip"),
            item_type: text("itemType"),
            collection_type: text("collectionType"),
            string: text("string"),
            required: self.flag(map, "required"),
            array: self.texts(map, "array"),
            map: self.pairs(map, "map").into_iter().collect(),
        }
    }

    fn switch(&mut self, spec: &Map<'a>, key: &str, why: &str) {
        if self.flag(spec, key) {
            let at = spec.get(key).map_or(0..0, |it| it.at.clone());
            self.note(at, &spec.key(key), why);
        }
    }

    fn map(&mut self, parent: &Map<'a>, key: &str) -> Map<'a> {
        let path = parent.key(key);
        let missing = Map { path: path.clone(), entries: &[], at: parent.at.clone() };
        parent.get(key).and_then(|it| self.map_of(&path, it)).unwrap_or(missing)
    }

    fn map_of(&mut self, path: &str, node: &'a Node) -> Option<Map<'a>> {
        let map = |entries| Some(Map { path: path.to_owned(), entries, at: node.at.clone() });
        match &node.value {
            Value::Map(entries) => map(entries),
            Value::Null if path.is_empty() => map(&[]),
            _ => {
                self.mistyped(path, node, "a map");
                None
            }
        }
    }

    fn text(&mut self, map: &Map<'a>, key: &str) -> Option<(&'a str, Range<usize>)> {
        let node = map.get(key)?;
        let text = self.text_of(&map.key(key), node)?;
        Some((text, node.at.clone()))
    }

    fn text_of(&mut self, path: &str, node: &'a Node) -> Option<&'a str> {
        match &node.value {
            Value::Text(text) => return Some(text),
            Value::Number | Value::Boolean(_) => {
                let help = format!("put it between quotes: `\"{}\"`", &self.text[node.at.clone()]);
                let message = format!("`{path}` is {}", node.type_name());
                self.refuse(node.at.clone(), wrong(message, help));
            }
            _ => self.mistyped(path, node, "a string"),
        }
        None
    }

    fn flag(&mut self, map: &Map<'a>, key: &str) -> bool {
        match map.get(key).map(|it| (it, &it.value)) {
            None => false,
            Some((_, Value::Boolean(flag))) => *flag,
            Some((node, _)) => {
                self.mistyped(&map.key(key), node, "`true` or `false`");
                false
            }
        }
    }

    fn texts(&mut self, map: &Map<'a>, key: &str) -> Vec<String> {
        let Some(node) = map.get(key) else { return Vec::new() };
        let Value::List(items) = &node.value else {
            self.mistyped(&map.key(key), node, "a list of strings");
            return Vec::new();
        };
        let path = map.key(key);
        let texts = items.iter().enumerate();
        texts
            .filter_map(|(index, it)| self.text_of(&format!("{path}.{index}"), it))
            .map(str::to_owned)
            .collect()
    }

    fn pairs(&mut self, map: &Map<'a>, key: &str) -> Vec<(String, String)> {
        let pairs = self.map(map, key);
        let mut found = Vec::new();
        for (name, value) in pairs.entries {
            if let Value::Text(name) = &name.value
                && let Some(value) = self.text_of(&pairs.key(name), value)
            {
                found.push((name.clone(), value.to_owned()));
            }
        }
        found
    }

    fn mistyped(&mut self, path: &str, node: &Node, expected: &str) {
        let what = if path.is_empty() { String::from("the file") } else { format!("`{path}`") };
        let message = format!("{what} is {}", node.type_name());
        self.refuse(node.at.clone(), wrong(message, format!("write {expected}")));
    }

    fn refuse(&mut self, at: Range<usize>, problem: Problem) {
        self.problems.push(problem.at(Some(location(at))));
    }

    fn note(&mut self, at: Range<usize>, path: &str, why: &str) {
        let note = wrong(format!("`{path}` does nothing: {why}"), "it may stay for argocd-cmp-server");
        self.notes.push(Problem { severity: Severity::Note, ..note.at(Some(location(at))) });
    }
}

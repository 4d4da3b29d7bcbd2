//! `plugin.yaml`, by which Argo CD knows a plugin: what its own argocd-cmp-server reads there, and what of it counts for a
//! server that runs no commands.
//!
//! It is read as Argo CD reads it: a key that nobody knows is passed over, the case of a key's letters is not looked at,
//! and a value of another type than expected is an error, a bare `version: 1.0` among them.

mod read;

use std::path::Path;

use crate::announcement::Announcement;
use crate::diagnostic::Report;
use crate::guest::contract::{File, Problem};
use crate::problem::problem;
use crate::whole_file;

/// The file's name in its folder.
pub(crate) const NAME: &str = "plugin.yaml";
/// The code of everything that is wrong with it.
pub(crate) const CODE: &str = "PLUGIN_CONFIG";

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plugin {
    /// `metadata.name`.
    pub(crate) name: String,
    /// `spec.version`; an empty one is none.
    pub(crate) version: Option<String>,
    /// `spec.discover`.
    pub(crate) discover: Discover,
    /// Whether there is a `spec.parameters.dynamic`: then the guest's own parameters are announced, too.
    pub(crate) dynamic: bool,
    /// `spec.parameters.static`. Keys that are missing are empty, as Argo CD has it.
    pub(crate) parameters: Vec<Announcement>,
    /// What stands there and does nothing here, such as a command.
    pub(crate) notes: Report,
}

/// Which Applications the plugin is for that do not name one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Discover {
    /// None.
    Off,
    /// Those whose folder has a file that this pattern fits, as Go's `filepath.Glob` has it.
    FileName(String),
    /// The same, where `**` stands for any folders.
    Glob(String),
}

impl Plugin {
    /// Reads the file in this folder, or says all that is wrong with it.
    pub(crate) fn load(folder: &Path) -> Result<Plugin, Report> {
        let path = folder.join(NAME);
        let bytes = whole_file::read(&path).map_err(|error| {
            let message = format!("`{}` cannot be read: {error}", path.display());
            alone(message, "put the plugin's file there, or name its folder with `--config-dir-path`")
        })?;
        let Some(text) = whole_file::text(bytes) else {
            return Err(alone(format!("`{}` is not UTF-8", path.display()), "save the file as UTF-8"));
        };
        read::plugin(File { path: path.display().to_string(), text })
    }

    /// What Applications call it: `name`, or `name-version`.
    pub(crate) fn full_name(&self) -> String {
        match &self.version {
            Some(version) => format!("{}-{version}", self.name),
            None => self.name.clone(),
        }
    }

    /// The file name of its socket, `name.sock` or `name-version.sock`: never a path.
    pub(crate) fn socket_name(&self) -> String {
        self.full_name() + ".sock"
    }
}

fn alone(message: String, help: &str) -> Report {
    Report::new(Vec::new(), vec![wrong(message, help)])
}

fn wrong(message: impl Into<String>, help: impl Into<String>) -> Problem {
    problem(CODE, message).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{self, Style};

    fn read(text: &str) -> Result<Plugin, Report> {
        read::plugin(File { path: String::from("plugin.yaml"), text: text.to_owned() })
    }

    /// Each diagnostic in one line.
    fn lines(report: &Report) -> Vec<String> {
        let line = |it: &crate::diagnostic::Diagnostic| {
            let place =
                it.place.as_ref().map_or_else(String::new, |it| format!("{}:{} ", it.line, it.column));
            format!("{place}{}; {}", it.message, it.help.as_deref().unwrap_or_default())
        };
        report.diagnostics.iter().map(line).collect()
    }

    fn notes(text: &str) -> Vec<String> {
        lines(&read(text).unwrap().notes)
    }

    fn refused(text: &str) -> Vec<String> {
        lines(&read(text).unwrap_err())
    }

    const LEAST: &str = "kind: ConfigManagementPlugin\nmetadata: {name: a}\n";

    fn with(spec: &str) -> String {
        format!("{LEAST}spec: {spec}\n")
    }

    #[test]
    fn our_own_file_is_right() {
        let plugin = Plugin::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).unwrap();
        assert_eq!((plugin.full_name().as_str(), &plugin.discover), ("sglang-v1", &Discover::Off));
        assert_eq!(plugin.socket_name(), "sglang-v1.sock");
        let names: Vec<&str> = plugin.parameters.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(
            names,
            ["environment", "image", "image-tag", "image-digest", "replicas", "set", "guest", "limits"]
        );
        assert_eq!(lines(&plugin.notes).len(), 1);
    }

    #[test]
    fn little_is_enough() {
        let plugin = read(LEAST).unwrap();
        assert_eq!((plugin.socket_name().as_str(), plugin.version), ("a.sock", None));
        assert_eq!(read(&with("{version: ''}")).unwrap().socket_name(), "a.sock");
        assert_eq!(read(&with("")).unwrap().discover, Discover::Off);
    }

    #[test]
    fn keys_are_read_as_go_reads_them() {
        let text = "KIND: ConfigManagementPlugin\nkind: x\nkind: ConfigManagementPlugin\nMetaData: {NAME: a, x: y}\n\
                    spec: {Version: v2, lockRepo: true, discover: {FILENAME: '*.toml', find: {glob: x}}}\n";
        let plugin = read(text).unwrap();
        assert_eq!(plugin.full_name(), "a-v2");
        assert_eq!(plugin.discover, Discover::FileName(String::from("*.toml")));
        assert_eq!(
            read(&with("{discover: {find: {glob: '**/a'}}}")).unwrap().discover,
            Discover::Glob(String::from("**/a"))
        );
    }

    #[test]
    fn announcements_are_taken_whole() {
        let text = with(
            "{parameters: {static: [{name: a, title: b, tooltip: c, required: true, itemType: d, \
             collectionType: map, string: e, array: [f, g], map: {z: '1', h: '2'}}, {}]}}",
        );
        let expected = Announcement {
            name: String::from("a"),
            title: String::from("b"),
            tooltip: String::from("c"),
            required: true,
            item_type: String::from("d"),
            collection_type: String::from("map"),
            string: String::from("e"),
            array: vec![String::from("f"), String::from("g")],
            map: [("z", "1"), ("h", "2")].map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        };
        assert_eq!(read(&text).unwrap().parameters, [expected, Announcement::default()]);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let text = "\
kind: Plugin
metadata: {name: ../a}
spec:
  version: 1.0
  generate: {command: cmp-host}
  discover: {find: {command: [x]}}
  parameters:
    static: [1, {name: on, array: x}]
";
        assert_eq!(
            refused(text),
            [
                "1:7 `kind` is `Plugin`; write `kind: ConfigManagementPlugin`",
                "2:18 `metadata.name` cannot be `../a`: it becomes the name of a file; write a name without `/` and without control characters",
                "4:12 `spec.version` is a number; put it between quotes: `\"1.0\"`",
                "5:23 `spec.generate.command` is a string; write a list of strings",
                "6:13 `spec.discover.find.command` would be run, and this server runs no commands; write `fileName` or `find.glob`, or drop `discover` and name the plugin in each Application",
                "8:14 `spec.parameters.static.0` is a number; write a map",
                "8:24 `spec.parameters.static.1.name` is a boolean; put it between quotes: `\"on\"`",
                "8:35 `spec.parameters.static.1.array` is a string; write a list of strings",
            ]
        );
    }

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(
            refused(""),
            [
                "1:1 `kind` is missing; write `kind: ConfigManagementPlugin`",
                "1:1 `metadata.name` is missing; write the name by which Applications call the plugin",
            ]
        );
        assert_eq!(refused("a\n"), ["1:1 the file is a string; write a map"]);
        assert_eq!(
            refused("kind: ConfigManagementPlugin\nmetadata: {name: ''}\n"),
            ["2:18 `metadata.name` is missing; write the name by which Applications call the plugin"]
        );
    }

    #[test]
    fn versions_stay_in_the_folder_too() {
        for version in ["'../b'", "\"\\0\"", "\"a\\nb\""] {
            let found = refused(&with(&format!("{{version: {version}}}")));
            assert!(found[0].contains("`spec.version` cannot be"), "{found:?}");
        }
    }

    #[test]
    fn what_does_nothing_here_is_noted() {
        let text = with(
            "{init: {command: [x]}, generate: {command: [x]}, parameters: {dynamic: {command: [x]}}, \
             preserveFileMode: true, provideGitCreds: true}",
        );
        let notes = notes(&text);
        for (note, key) in notes.iter().zip([
            "`spec.init.command`",
            "`spec.generate.command`",
            "`spec.parameters.dynamic.command`",
            "`spec.preserveFileMode`",
            "`spec.provideGitCreds`",
        ]) {
            assert!(note.contains(key), "{note}");
        }
        assert_eq!(notes.len(), 5, "{notes:?}");
    }

    #[test]
    fn what_is_no_yaml_is_shown_where_it_stands() {
        let text = render::report(&read("kind: [\n").unwrap_err(), Style::Plain);
        assert!(text.starts_with("plugin.yaml:"), "{text}");
        assert!(text.contains("PLUGIN_CONFIG this is not YAML: "), "{text}");
    }
}

//! `explain`: why a field is what it is; without one, what an environment costs, and why each object is there.

use std::path::{Path, PathBuf};

use crate::cli::{Explain, Place, ReportFormat};
use crate::commands::{self, question};
use crate::config::Config;
use crate::explain::cause::Sources;
use crate::explain::{field, json, subject, text};
use crate::generate::Generated;
use crate::stop::Stop;

pub(crate) fn run(config: &Config, arguments: &Explain) -> Result<(), Stop> {
    let words = Words::of(&arguments.words)?;
    let place = Place { folder: words.folder, root: arguments.root.clone() };
    let given = question::given(arguments.env.as_deref(), &arguments.values);
    let question = question::ask(config, &place, &given)?;
    let (generated, files) = question.manifests_with_origins()?;
    let Generated { manifests, warnings } = generated;
    let sources = Sources::new(files, warnings);
    let style = commands::stdout_style();
    let Some(object) = words.object else {
        return print(
            arguments.format,
            || json::summary(&manifests, &sources),
            || text::summary(&manifests, &sources),
        );
    };
    let manifest = subject::find(&manifests, &object).map_err(Stop::Usage)?;
    let pointer = words.field.map_or(Ok(String::new()), |it| field::find(manifest.value(), &it));
    let pointer = pointer.map_err(|it| Stop::Usage(format!("{}: {it}", subject::called(manifest))))?;
    let leaves = sources.leaves(manifest, &pointer);
    print(
        arguments.format,
        || json::fields(manifest, &leaves),
        || match &leaves[..] {
            [one] if one.pointer == pointer => text::field(manifest, one, &sources, style),
            several => text::fields(several),
        },
    )
}

fn print(
    format: ReportFormat,
    json: impl FnOnce() -> serde_json::Value,
    text: impl FnOnce() -> String,
) -> Result<(), Stop> {
    commands::print(&match format {
        ReportFormat::Text => text(),
        ReportFormat::Json => format!("{:#}\n", json()),
    })
}

/// What stands on the command line: `[DIR] [KIND/NAME [FIELD]]`.
#[derive(Debug, PartialEq)]
struct Words {
    folder: PathBuf,
    object: Option<String>,
    field: Option<String>,
}

impl Words {
    /// The first word is a folder if there is one of that name: `.` before it says that an object is meant.
    fn of(words: &[String]) -> Result<Words, Stop> {
        let (folder, rest) = match words {
            [first, rest @ ..] if Path::new(first).is_dir() || is_path(first) => (first.as_str(), rest),
            rest => (".", rest),
        };
        let (object, field) = match rest {
            [] => (None, None),
            [object] => (Some(object.clone()), None),
            [object, field] => (Some(object.clone()), Some(field.clone())),
            [first, ..] => return Err(Stop::Usage(format!("there is no folder `{first}`"))),
        };
        Ok(Words { folder: PathBuf::from(folder), object, field })
    }
}

/// No object is written like this.
fn is_path(word: &str) -> bool {
    word.is_empty() || word.starts_with(['.', '/']) || word.ends_with('/') || word.matches('/').count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Option<(String, Option<String>, Option<String>)> {
        let words: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
        let found = Words::of(&words).ok()?;
        Some((found.folder.to_str()?.to_owned(), found.object, found.field))
    }

    #[test]
    fn a_folder_may_be_left_out() {
        let text = |it: &str| Some(it.to_owned());
        assert_eq!(words(&[]), Some((".".into(), None, None)));
        assert_eq!(words(&["src"]), Some(("src".into(), None, None)));
        assert_eq!(words(&["Service/a"]), Some((".".into(), text("Service/a"), None)));
        assert_eq!(words(&["Service/a", "port"]), Some((".".into(), text("Service/a"), text("port"))));
        assert_eq!(
            words(&["src", "Service/a", "port"]),
            Some(("src".into(), text("Service/a"), text("port")))
        );
        assert_eq!(words(&["./a", "b", "c"]), Some(("./a".into(), text("b"), text("c"))));
        assert_eq!(words(&["a", "b", "c"]), None);
    }
}

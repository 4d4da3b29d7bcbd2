//! `explain`: why a field is what it is; without one, what an environment costs, and why each object is there.

use std::path::{Path, PathBuf};

use crate::choice;
use crate::cli::{Explain, Place, ReportFormat};
use crate::commands::{self, question};
use crate::config::Config;
use crate::explain::cause::Sources;
use crate::explain::{field, json, subject, text};
use crate::generate::Generated;
use crate::problem::problem;
use crate::stop::Stop;

pub(crate) fn run(config: &Config, arguments: &Explain) -> Result<(), Stop> {
    let words = Words::of(&arguments.words, |word| is_folder(config, word))?;
    let place = Place { folder: words.folder.clone(), root: arguments.root.clone() };
    let given = question::given(arguments.env.as_deref(), &arguments.values);
    let question = question::ask(config, &place, &given).map_err(|it| words.unless_a_folder(it))?;
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
    /// `.` before the first word says that an object is meant, and not a folder of that name.
    fn of(words: &[String], is_folder: impl Fn(&str) -> bool) -> Result<Words, Stop> {
        let (folder, rest) = match words {
            [first, rest @ ..] if rest.len() == 2 || is_path(first) || is_folder(first) => {
                (first.as_str(), rest)
            }
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

    /// Where no spec is, a first word with a slash is rather a folder that was misspelt than an object.
    fn unless_a_folder(&self, stop: Stop) -> Stop {
        match (&stop, &self.object) {
            (Stop::Rejected(report), Some(word))
                if report.has_code("SG001") && self.folder == Path::new(".") && word.contains('/') =>
            {
                let message = format!(
                    "there is no folder `{word}`, and no spec in this one that could have such an object"
                );
                commands::rejected(
                    problem("SG001", message).help("name the folder that holds your spec first"),
                )
            }
            _ => stop,
        }
    }
}

/// A folder with a spec; another one only where there is no spec in this folder either, whose object could be meant.
fn is_folder(config: &Config, word: &str) -> bool {
    let names = choice::names(config, None);
    let has_spec = |folder: &str| names.iter().any(|it| Path::new(folder).join(it).is_file());
    Path::new(word).is_dir() && (has_spec(word) || !has_spec("."))
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
        let found = Words::of(&words, |it| it == "src").ok()?;
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
        assert_eq!(words(&["a", "b", "c"]), Some(("a".into(), text("b"), text("c"))));
        assert_eq!(words(&["a", "b", "c", "d"]), None);
    }
}

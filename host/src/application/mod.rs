//! What Argo CD would pass to the plugin for an Application, worked out on a laptop: the folder, and the variables.
//!
//! The Application says most of it; `.argocd-source.yaml` and `.argocd-source-NAME.yaml` in its folder may say otherwise.
//! What only a cluster or a commit knows is not there, and whoever refers to it is told.

mod expand;
mod find;
mod folder;
mod reader;
mod source;
mod variables;

use crate::guest::contract::{File, Problem};
use crate::problem::{Rejection, problem};
use crate::tree::{ReadError, Tree};
use crate::yaml::read::documents;

pub(crate) use variables::Variables;

use find::Found;
use reader::{CODE, Reader};
use source::Source;

/// The code of an Application that names no plugin, or more than one.
const NO_PLUGIN: &str = "SG036";
/// The largest file of these that is read. The API server takes no larger Application.
pub(crate) const SIZE: usize = 3 << 19;

/// What the plugin would get.
#[derive(Clone, Debug)]
pub(crate) struct Passed {
    /// The Application's folder, below the repository's root.
    pub(crate) folder: String,
    /// The variables.
    pub(crate) variables: Variables,
    /// What was read.
    pub(crate) files: Vec<File>,
    /// What may differ under Argo CD; it points into the files.
    pub(crate) warnings: Vec<Problem>,
}

impl Passed {
    /// Reads an Application, and what overrides it in its repository.
    pub(crate) fn of(file: File, tree: &dyn Tree) -> Result<Passed, Rejection> {
        let mut files = vec![file];
        match read(&mut files, tree) {
            Ok((folder, variables, warnings)) => Ok(Passed { folder, variables, files, warnings }),
            Err(problems) => Err(Rejection { files, problems }),
        }
    }
}

fn read(files: &mut Vec<File>, tree: &dyn Tree) -> Result<(String, Variables, Vec<Problem>), Vec<Problem>> {
    let mut reader = Reader::new(0);
    let Found { application, mut source, at, path_at } = find::application(&files[0], &mut reader)?;
    let folder = folder::of(&source, tree).map_err(|it| vec![it.at(Some(path_at))])?;
    for name in [String::from(".argocd-source.yaml"), format!(".argocd-source-{}.yaml", application.name)] {
        reader.problems.extend(override_with(&mut source, &name, &folder, files, tree));
    }
    let plugin = the_plugin(&source).map_err(|it| it.at(Some(at)));
    match plugin {
        Ok(plugin) if reader.problems.is_empty() => {
            let (variables, warnings) = Variables::of(&application, &source, plugin);
            Ok((folder, variables, warnings))
        }
        Ok(_) => Err(reader.problems),
        Err(problem) => Err(reader.problems.into_iter().chain([problem]).collect()),
    }
}

/// Takes what a file beside the spec says, if there is one; Argo CD passes over a folder of that name.
fn override_with(
    source: &mut Source,
    name: &str,
    folder: &str,
    files: &mut Vec<File>,
    tree: &dyn Tree,
) -> Vec<Problem> {
    let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let bytes = match tree.read(&path, SIZE) {
        Err(ReadError::Missing) => return Vec::new(),
        Err(ReadError::NotAFile) if tree.has_folder(&path) => return Vec::new(),
        Err(error) => return vec![unread(&path, &error)],
        Ok(bytes) => bytes,
    };
    let Ok(text) = String::from_utf8(bytes) else { return vec![not_utf8(&path)] };
    let mut reader = Reader::new(u32::try_from(files.len()).unwrap_or(u32::MAX));
    match documents(&text) {
        Err(error) => reader.unreadable(&error),
        // Whatever follows the first document is not read there either.
        Ok(documents) => match documents.first().filter(|it| !it.is_null()) {
            Some(first) => source.take_override(&mut reader, first),
            None => reader.empty(),
        },
    }
    files.push(File { path, text });
    reader.problems
}

fn the_plugin(source: &Source) -> Result<&source::Plugin, Box<Problem>> {
    match (&source.plugin, source.others.first()) {
        (Some(plugin), None) => Ok(plugin),
        (Some(_), Some(other)) => {
            let message = format!("the source has both `plugin` and `{other}`");
            let help = "keep one of the two: Argo CD refuses a source with several";
            Err(Box::new(problem(NO_PLUGIN, message).help(help)))
        }
        (None, _) => Err(Box::new(no_plugin())),
    }
}

fn no_plugin() -> Problem {
    problem(NO_PLUGIN, "the Application names no plugin")
        .help("write `plugin: {name: sglang-v1}` into its source; docs/argocd.md shows one")
}

fn unread(path: &str, error: &ReadError) -> Problem {
    problem(CODE, format!("`{path}` {error}")).help("put a regular file there, or nothing")
}

fn not_utf8(path: &str) -> Problem {
    problem(CODE, format!("`{path}` is not UTF-8")).help("save the file as UTF-8")
}

#[cfg(test)]
mod tests;

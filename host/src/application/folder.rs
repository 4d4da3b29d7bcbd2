//! The folder that a source names, within a repository.

use crate::application::source::Source;
use crate::guest::contract::Problem;
use crate::problem::problem;
use crate::tree::Tree;

use super::reader::CODE;

/// The folder from the repository's root, with `/` between its parts; empty for the root itself.
pub(crate) fn of(source: &Source, tree: &dyn Tree) -> Result<String, Box<Problem>> {
    if !source.chart.is_empty() {
        let message =
            format!("the source is the Helm chart `{}`, and no folder of a repository", source.chart);
        let help = "unpack the chart, and run `cmp-host generate` in its folder";
        return Err(Box::new(problem(CODE, message).help(help)));
    }
    let folder = joined(&source.path).ok_or_else(|| Box::new(outside(&source.path)))?;
    if !tree.has_folder(&folder) {
        let message = format!("the repository has no folder `{}`", source.path);
        let help = format!("check out `{}`, and name a folder of it as DIR", source.repository);
        return Err(Box::new(problem("SG001", message).help(help)));
    }
    Ok(folder)
}

/// As Go joins the path to a root: without `.` and `..`, by words alone. None for a path that leaves the root.
fn joined(path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

fn outside(path: &str) -> Problem {
    problem("SG006", format!("the path `{path}` leads outside of the repository"))
        .help("write a path that begins at the repository's root, such as `services/chat`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_by_words() {
        for (path, folder) in [
            ("", Some("")),
            (".", Some("")),
            ("./a/", Some("a")),
            ("a//b/./c", Some("a/b/c")),
            ("a/../b", Some("b")),
            ("a/../../b", None),
            ("..", None),
            ("/a", None),
        ] {
            assert_eq!(joined(path).as_deref(), folder, "{path}");
        }
    }
}

//! A page as a forge shows it, as far as the tests need it: headings, prose, and blocks of code.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::support::project;

/// A file of Markdown.
pub(crate) struct Page {
    /// From the project's root.
    pub(crate) path: PathBuf,
    /// The lines outside of blocks, with their numbers.
    pub(crate) prose: Vec<(usize, String)>,
    pub(crate) blocks: Vec<Block>,
}

/// What stands between fences.
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) text: String,
    /// The line of its first fence.
    pub(crate) line: usize,
    /// The comment on the line before, if there is one.
    pub(crate) mark: Option<String>,
}

/// Every page of this repository.
pub(crate) fn all() -> anyhow::Result<Vec<Page>> {
    let mut paths = Vec::new();
    find(&project::path(""), &mut paths)?;
    paths.sort();
    anyhow::ensure!(paths.len() > 15, "there are more pages than {paths:?}");
    paths.iter().map(|it| Page::read(it)).collect()
}

/// What others make is not ours: build output, installed tools, the history.
fn find(folder: &Path, pages: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir()
            && !path.is_symlink()
            && !name.starts_with('.')
            && !["target", "node_modules"].contains(&name.as_str())
        {
            find(&path, pages)?;
        } else if path.extension().is_some_and(|it| it == "md") {
            pages.push(path);
        }
    }
    Ok(())
}

impl Page {
    pub(crate) fn read(path: &Path) -> anyhow::Result<Page> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let path = path.strip_prefix(project::path("")).unwrap_or(path).to_owned();
        let mut page = Page { path, prose: Vec::new(), blocks: Vec::new() };
        let mut lines = (1..).zip(text.lines());
        while let Some((number, line)) = lines.next() {
            match line.trim_start().strip_prefix("```") {
                Some(language) => {
                    let inside = lines.by_ref().map(|(_, it)| it).take_while(|it| it.trim_start() != "```");
                    let text = inside.flat_map(|it| [it, "\n"]).collect();
                    let mark = page.prose.last().and_then(|(at, it)| mark(it).filter(|_| at + 1 == number));
                    page.blocks.push(Block { language: language.to_owned(), text, line: number, mark });
                }
                None => page.prose.push((number, line.to_owned())),
            }
        }
        Ok(page)
    }

    /// What a link to one of its headings ends with.
    pub(crate) fn anchors(&self) -> Vec<String> {
        let headings = self.prose.iter().filter(|(_, it)| it.starts_with('#'));
        let mut anchors: Vec<String> = Vec::new();
        for (_, heading) in headings {
            let anchor = anchor(heading.trim_start_matches('#').trim());
            let n_before = anchors.iter().filter(|it| **it == anchor).count();
            anchors.push(if n_before == 0 { anchor } else { format!("{anchor}-{n_before}") });
        }
        anchors
    }
}

fn mark(line: &str) -> Option<String> {
    Some(line.trim().strip_prefix("<!-- ")?.strip_suffix(" -->")?.to_owned())
}

/// Lower case, `-` for spaces, and no other punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it));
    kept.map(|it| if it == ' ' { '-' } else { it }).flat_map(char::to_lowercase).collect()
}

//! A link to a file that is gone, or to a heading that has another name now, is found here and not by a reader.

use std::path::Path;

use anyhow::ensure;

use crate::page::{self, Page};
use crate::support::project;

#[test]
fn every_link_leads_somewhere() -> anyhow::Result<()> {
    let mut broken = Vec::new();
    let mut n_links = 0;
    for page in page::all()? {
        for (line, text) in &page.prose {
            for link in links(text).filter(|it| !it.contains("://")) {
                n_links += 1;
                if let Err(error) = follow(&page, link) {
                    broken.push(format!("{}:{line}: {link}: {error}", page.path.display()));
                }
            }
        }
    }
    ensure!(broken.is_empty(), "{}", broken.join("\n"));
    ensure!(n_links > 200, "only {n_links} links were looked at");
    Ok(())
}

/// Everything that is reached from docs/README.md; a page that nobody links is read by nobody.
#[test]
fn the_index_names_every_page() -> anyhow::Result<()> {
    let index = Page::read(&project::path("docs/README.md"))?;
    let linked: Vec<&str> = index.prose.iter().flat_map(|(_, it)| links(it)).collect();
    for page in page::all()?.iter().filter(|it| it.path.parent() == Some(Path::new("docs"))) {
        let name = page.path.file_name().unwrap_or_default().to_string_lossy();
        ensure!(
            name == "README.md" || linked.contains(&name.as_ref()),
            "docs/README.md does not name {name}"
        );
    }
    Ok(())
}

fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|it| it.split(')').next())
}

fn follow(page: &Page, link: &str) -> anyhow::Result<()> {
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let folder = project::path(&page.path);
    let folder = folder.parent().unwrap_or(Path::new(""));
    let target = if file.is_empty() { project::path(&page.path) } else { folder.join(file) };
    ensure!(target.exists(), "there is no such file");
    ensure!(
        anchor.is_empty() || Page::read(&target)?.anchors().iter().any(|it| it == anchor),
        "there is no such heading"
    );
    Ok(())
}

#[test]
fn a_broken_link_is_found() -> anyhow::Result<()> {
    let page = Page::read(&project::path("docs/README.md"))?;
    for (link, expected) in [
        ("install.md#argo-cd-itself", None),
        ("#documentation", None),
        ("instal.md", Some("there is no such file")),
        ("install.md#argo-cd", Some("there is no such heading")),
    ] {
        let found = follow(&page, link).err().map(|it| it.to_string());
        ensure!(found.as_deref() == expected, "{link}: {found:?}");
    }
    Ok(())
}

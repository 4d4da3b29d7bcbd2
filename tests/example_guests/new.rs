//! `cmp-host guest new`: what it writes is what the other tests build.

use std::fs;

use anyhow::ensure;

use crate::example::LANGUAGES;
use crate::support::{binary, project};

#[test]
fn a_new_guest_is_the_example_with_the_contract_beside_it() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    for language in LANGUAGES {
        let new = folder.path().join(language);
        let ran = binary::run(binary::command().args(["guest", "new", "--language", language]).arg(&new))?;
        ensure!(ran.code == Some(0) && ran.stderr.is_empty(), "{language}: {ran:?}");
        ensure!(ran.stdout.ends_with("cmp-host guest test app.wasm --spec app.toml\n"), "{}", ran.stdout);
        ensure!(
            fs::read(new.join("wit/expander.wit"))? == fs::read(project::path("wit/expander.wit"))?,
            "{language} has another contract"
        );
        let example = project::path("examples/guests").join(language);
        for entry in fs::read_dir(&example)? {
            let name = entry?.file_name();
            ensure!(name == "__pycache__" || new.join(&name).exists(), "{language} lacks {name:?}");
        }
    }
    Ok(())
}

#[test]
fn a_folder_that_is_there_is_not_written_to() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let ran = binary::run(binary::command().args(["guest", "new", "--language", "rust"]).arg(folder.path()))?;
    ensure!(ran.code == Some(2) && ran.stderr.contains("is there already"), "{ran:?}");
    ensure!(fs::read_dir(folder.path())?.next().is_none(), "something was written");
    Ok(())
}

//! A case on disk: its own folder, or a copy to which generated files were added.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use cmp_host::config::Config;
use cmp_host::guest::contract::File;
use tempfile::TempDir;

use crate::settings::{Generated, Settings};
use crate::support::cases::Case;

/// Where the files of a case are.
pub(crate) struct Laid {
    /// The repository's root.
    pub(crate) root: PathBuf,
    /// The folder of the spec, from the root.
    pub(crate) dir: PathBuf,
    /// What the operator's file gives to guests.
    pub(crate) defaults: Option<File>,
    /// The copy, which goes with this value.
    _copy: Option<TempDir>,
}

impl Laid {
    /// Copies the case if anything is to be added to it.
    pub(crate) fn new(case: &Case, settings: &Settings) -> anyhow::Result<Laid> {
        let dir = settings.dir(case).to_owned();
        let defaults = defaults(case, settings)?;
        if settings.generate.is_empty() {
            return Ok(Laid { root: case.root.clone(), dir, defaults, _copy: None });
        }
        let copy = tempfile::tempdir()?;
        // A folder inside, so that a link can lead out of the repository and still stay in the copy.
        let root = copy.path().join("repository");
        copy_folder(&case.root, &root)?;
        for (path, generated) in &settings.generate {
            lay(&root.join(path), generated).with_context(|| path.display().to_string())?;
        }
        Ok(Laid { root, dir, defaults, _copy: Some(copy) })
    }

    /// The path of the spec, from the root.
    pub(crate) fn spec(&self) -> String {
        let path: PathBuf =
            self.dir.join("sglang.toml").components().filter(|it| it.as_os_str() != ".").collect();
        path.to_string_lossy().into_owned()
    }
}

fn defaults(case: &Case, settings: &Settings) -> anyhow::Result<Option<File>> {
    let Some(config) = &settings.config else { return Ok(None) };
    match Config::load(&case.root.join(config)) {
        Ok(config) => Ok(config.defaults),
        Err(report) => bail!("the operator's file: {:?}", report.diagnostics),
    }
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

fn lay(path: &Path, generated: &Generated) -> anyhow::Result<()> {
    fs::create_dir_all(path.parent().context("it has no folder")?)?;
    let bytes = match generated {
        Generated::Link { link } => return Ok(symlink(link, path)?),
        Generated::Bytes { bytes } => bytes.clone(),
        Generated::Text { text, times } => text.repeat(*times).into_bytes(),
    };
    Ok(fs::OpenOptions::new().create(true).append(true).open(path)?.write_all(&bytes)?)
}

//! Builds the example guests, each with its language's own tool.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use wit_component::ComponentEncoder;

use crate::support::project;

/// All of them.
pub(crate) const LANGUAGES: [&str; 3] = ["javascript", "python", "rust"];

/// The path of an example guest's component.
pub(crate) fn build(language: &str) -> anyhow::Result<PathBuf> {
    let tool = format!("guest-{language}");
    let status = Command::new(project::path("tests/tools/install.sh")).arg(&tool).status()?;
    ensure!(status.success(), "tests/tools/install.sh {tool} failed; its own words are above");
    let built = project::path(format!(".tools/{tool}.wasm"));
    if language != "rust" {
        return Ok(built);
    }
    let module = fs::read(&built).with_context(|| built.display().to_string())?;
    let component = ComponentEncoder::default().validate(true).module(&module)?.encode()?;
    write(&format!("{tool}.component.wasm"), &component)
}

/// Keeps a component where processes can read it.
pub(crate) fn write(name: &str, component: &[u8]) -> anyhow::Result<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests");
    fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    // Tests run at once, and each builds what it needs: renamed, so that none reads half of what another writes.
    let aside = tempfile::NamedTempFile::new_in(&folder)?;
    fs::write(aside.path(), component)?;
    aside.persist(&path)?;
    Ok(path)
}

/// The spec that all of them expand.
pub(crate) fn spec() -> PathBuf {
    project::path("examples/guests/app.toml")
}

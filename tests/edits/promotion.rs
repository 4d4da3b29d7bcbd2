//! `tests/promotion.sh`: a release on its way through three environments.

use std::process::Command;

use anyhow::ensure;

use crate::support::{binary, project};

const STEPS: &str = "\
the first commit: as expected
a new image in dev: as expected
promoted to staging: as expected
promoted to prod: as expected
taken back in prod: as expected
";

#[test]
fn every_step_renders_what_it_should() -> anyhow::Result<()> {
    let mut command = Command::new(project::path("tests/promotion.sh"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("CMP_HOST", env!("CARGO_BIN_EXE_cmp-host")).env("CMP_HOST_CACHE", binary::CACHE);
    let ran = binary::run(&mut command)?;
    ensure!(ran.code == Some(0) && ran.stdout == STEPS && ran.stderr.is_empty(), "{ran:?}");
    Ok(())
}

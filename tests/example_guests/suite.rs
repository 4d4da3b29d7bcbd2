//! `cmp-host guest test`: every guest of ours holds, and each wrong one is told what is wrong with it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::ensure;

use crate::example::{self, LANGUAGES};
use crate::support::binary;
use crate::wrong;

fn test(guest: &Path, spec: Option<PathBuf>) -> anyhow::Result<binary::Ran> {
    let mut command = binary::command();
    command.args(["guest", "test"]).arg(guest);
    spec.map(|it| command.arg("--spec").arg(it));
    binary::run(&mut command)
}

#[test]
fn every_example_is_fit() -> anyhow::Result<()> {
    for language in LANGUAGES {
        let ran = test(&example::build(language)?, Some(example::spec()))?;
        ensure!(ran.code == Some(0) && ran.stderr.is_empty(), "{language}:\n{}{}", ran.stdout, ran.stderr);
        let used = ran.stdout.lines().filter_map(|it| it.split_once("5 times the same, "));
        let used: Vec<&str> = used.map(|(_, used)| used).collect();
        let is_told = |it: &&str| it.ends_with(" MiB of memory") && !it.starts_with("0.00 M of fuel, 0.0 ");
        ensure!(!used.is_empty() && used.iter().all(is_told), "{language}:\n{}", ran.stdout);
    }
    Ok(())
}

#[test]
fn the_default_guest_is_fit() -> anyhow::Result<()> {
    let ran = test(Path::new("default"), Some(PathBuf::from("examples/llama-8b")))?;
    ensure!(ran.code == Some(0) && ran.stderr.is_empty(), "{}{}", ran.stdout, ran.stderr);
    Ok(())
}

#[test]
fn a_guest_that_crashes_is_not_fit() -> anyhow::Result<()> {
    require_unfit("crashes", &wrong::crashes()?, None)
}

#[test]
fn a_guest_that_points_outside_of_its_files_is_not_fit() -> anyhow::Result<()> {
    require_unfit("points-outside", &wrong::points_outside()?, None)
}

#[test]
fn a_guest_that_names_nothing_is_not_fit() -> anyhow::Result<()> {
    let spec = example::write("good.toml", b"good = true\n")?;
    require_unfit("names-nothing", &wrong::names_nothing()?, Some(spec))
}

/// Exit code 3, and the whole text that stands beside this file.
fn require_unfit(name: &str, component: &[u8], spec: Option<PathBuf>) -> anyhow::Result<()> {
    let ran = test(&example::write(&format!("{name}.wasm"), component)?, spec)?;
    let path = crate::support::project::path(format!("tests/example_guests/expected/{name}.txt"));
    let found = format!("{}{}", ran.stdout, ran.stderr);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &found)?;
    }
    ensure!(ran.code == Some(3), "exit {:?}:\n{found}", ran.code);
    ensure!(fs::read_to_string(&path).is_ok_and(|it| it == found), "{}:\n{found}", path.display());
    Ok(())
}

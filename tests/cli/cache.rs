//! The cache of compiled code: what is wrong with it is said, and never runs.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::support::binary::{self, Ran};
use crate::support::brought::Brought;

const EXPANSION: [&str; 4] = ["generate", "examples/llama-8b", "--env", "prod"];

fn expand_with(cache: &TempDir) -> anyhow::Result<Ran> {
    binary::run(binary::command().args(EXPANSION).env("CMP_HOST_CACHE", cache.path()))
}

/// With a guest whose code is not in the program.
fn expand_brought(brought: &Brought, cache: &TempDir) -> anyhow::Result<Ran> {
    let mut command = binary::command();
    command.args(EXPANSION).args(["--config", &brought.config(), "--param", "guest=own"]);
    binary::run(command.env("CMP_HOST_CACHE", cache.path()))
}

/// A machine's first expansion takes no longer than any other, wherever it may write.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[test]
fn the_default_guest_is_never_compiled() -> anyhow::Result<()> {
    let cache = tempfile::tempdir()?;
    let mut command = binary::command();
    let ran = binary::run(command.arg("-v").args(EXPANSION).env("CMP_HOST_CACHE", cache.path()))?;
    ensure!(ran.code == Some(0) && !ran.stderr.contains("compiling"), "{ran:?}");
    ensure!(fs::read_dir(cache.path())?.next().is_none(), "something was written there");
    Ok(())
}

/// Somebody named the folder to be used, so a cache that would never be used is an error, and not a warning each day.
#[test]
fn a_folder_that_others_can_write_is_refused() -> anyhow::Result<()> {
    let cache = tempfile::tempdir()?;
    fs::set_permissions(cache.path(), fs::Permissions::from_mode(0o777))?;
    let ran = expand_with(&cache)?;
    ensure!(ran.code == Some(4) && ran.stdout.is_empty(), "{ran:?}");
    let folder = cache.path().display();
    let expected = format!(
        "HOST_IO the folder `{folder}` of CMP_HOST_CACHE is not safe for compiled code: others can write to it (mode 777); give it to you or to root, and `chmod go-w` it\n"
    );
    ensure!(ran.stderr == expected, "{}", ran.stderr);
    ensure!(fs::read_dir(cache.path())?.next().is_none(), "something was written there");
    Ok(())
}

/// The user's own cache folder was named by nobody: a warning, and the manifests all the same.
#[test]
fn the_users_own_folder_is_not_used_if_others_can_write_it() -> anyhow::Result<()> {
    let home = tempfile::tempdir()?;
    let folder = home.path().join("cmp-host");
    fs::create_dir(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777))?;
    let mut command = binary::command();
    command.args(["schema"]).env_remove("CMP_HOST_CACHE").env("XDG_CACHE_HOME", home.path());
    let ran = binary::run(&mut command)?;
    ensure!(ran.code == Some(0) && !ran.stdout.is_empty(), "{ran:?}");
    ensure!(ran.stderr.contains("compiled code is not cached"), "{}", ran.stderr);
    ensure!(fs::read_dir(&folder)?.next().is_none(), "something was written there");
    Ok(())
}

/// A changed bit costs a compilation and a warning, changes nothing of the output, and is gone at the next start.
#[test]
fn a_changed_bit_means_to_compile_again() -> anyhow::Result<()> {
    let (brought, cache) = (Brought::new()?, tempfile::tempdir()?);
    let first = expand_brought(&brought, &cache)?;
    let entry = fs::read_dir(cache.path())?.next().context("nothing is cached")??;
    let good = fs::read(entry.path())?;
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 1;
    fs::write(entry.path(), bad)?;
    let second = expand_brought(&brought, &cache)?;
    ensure!(second.code == Some(0) && second.stdout == first.stdout, "{}", second.stderr);
    ensure!(second.stderr.contains("cached code is not used, and compiled again"), "{}", second.stderr);
    ensure!(fs::read(entry.path())? == good, "the code that was compiled again is another");
    ensure!(!expand_brought(&brought, &cache)?.stderr.contains("cached code"), "it is still not used");
    Ok(())
}

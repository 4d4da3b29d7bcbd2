//! A folder without a spec stands for all specs below it.

use std::process::Command;

use anyhow::ensure;

use crate::support::binary;
use crate::support::history::Git;
use crate::support::repository::Repository;
use crate::support::spec::SPEC;
use crate::support::wat_guest::WatGuest;

fn check(repository: &Repository, args: &[&str]) -> anyhow::Result<binary::Ran> {
    let mut command = binary::command();
    binary::run(command.args(["check", "--root", ".", "."]).args(args).current_dir(repository.path("")))
}

/// A base that two specs share is shown once, whatever both find in it; each problem names its file.
#[test]
fn the_problems_of_all_specs_come_together() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    repository.write("base.toml", "replica = 2\n")?;
    for name in ["a", "b/c"] {
        let extends = format!("extends = \"{}base.toml\"\n", "../".repeat(name.split('/').count()));
        repository.write(&format!("{name}/sglang.toml"), extends + SPEC)?;
    }
    repository.write("d/sglang.toml", format!("{SPEC}port = \"x\"\n"))?;
    repository.write("good/sglang.toml", SPEC)?;
    repository.write(".hidden/sglang.toml", "nonsense")?;
    let ran = check(&repository, &[])?;
    let first = ran.stderr.lines().next().unwrap_or_default();
    ensure!(ran.code == Some(1) && ran.stdout.is_empty(), "{ran:?}");
    ensure!(
        first == "base.toml:1:1: SG011 there is no key `replica` (+1 more)",
        "the first line is {first:?}"
    );
    let ran = check(&repository, &["--format", "json"])?;
    let found: serde_json::Value = serde_json::from_str(&ran.stdout)?;
    let files: Vec<&str> =
        found.as_array().into_iter().flatten().filter_map(|it| it["file"].as_str()).collect();
    ensure!(ran.code == Some(1) && ran.stderr.is_empty(), "{ran:?}");
    ensure!(files == ["base.toml", "d/sglang.toml"], "{files:?}");
    Ok(())
}

/// Where a process may not reserve the addresses that instances would share, each has its own.
#[test]
fn little_room_for_addresses_changes_nothing() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    repository.write("a/sglang.toml", format!("{SPEC}port = \"x\"\n"))?;
    let ran = |limit: &str| {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!("{limit} exec \"$0\" check a"), env!("CARGO_BIN_EXE_cmp-host")]);
        binary::run(shell.env_clear().env("CMP_HOST_CACHE", binary::CACHE).current_dir(repository.path("")))
    };
    // One instance has some 4.1 GiB of addresses, and a pool for two has 8.1.
    let (free, narrow) = (ran("")?, ran("ulimit -v 6000000;")?);
    ensure!(free.code == Some(1) && free.stderr.contains("SG012"), "{free:?}");
    ensure!((narrow.code, &narrow.stderr) == (free.code, &free.stderr), "{narrow:?}");
    Ok(())
}

/// They ask as somebody without an Application, wherever they run: in a sidecar, or in a shell that has its variables.
#[test]
fn the_variables_of_an_application_count_for_none_of_them() -> anyhow::Result<()> {
    let git = Git::new()?;
    git.write("a/sglang.toml", SPEC)?;
    git.commit()?;
    git.write("a/sglang.toml", format!("{SPEC}port = 9000\n"))?;
    let variables = [
        ("ARGOCD_APP_PARAMETERS", r#"[{"name":"guest","string":"nope"}]"#),
        ("ARGOCD_ENV_GUEST", "nope"),
        ("ARGOCD_ENV_ENVIRONMENT", "nope"),
    ];
    for (args, code) in [(["check", "a"], 0), (["diff", "HEAD"], 5)] {
        let mut command = binary::command();
        let ran = binary::run(command.args(args).envs(variables).current_dir(git.path("")))?;
        ensure!(ran.code == Some(code), "{ran:?}");
    }
    Ok(())
}

#[test]
fn a_folder_without_any_spec_has_none() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    repository.write("a/other.toml", "")?;
    let ran = check(&repository, &[])?;
    ensure!(ran.code == Some(1), "{ran:?}");
    ensure!(ran.stderr.starts_with("SG001 there is no sglang.toml in this folder\n"), "{ran:?}");
    Ok(())
}

/// Its failure says whose it is, and the others' problems are told as well.
#[test]
fn a_guest_that_fails_keeps_no_other_spec_from_being_checked() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    let loops = WatGuest { before: "(loop (br 0))", ..WatGuest::of("a") };
    repository.write("loops.wasm", loops.bytes()?)?;
    repository.write("cmp-host.toml", "[guest.loops]\npath = \"loops.wasm\"\nlimits.fuel = 1000000\n")?;
    repository.write("a/sglang.toml", "guest = \"loops\"\n")?;
    repository.write("b/sglang.toml", format!("{SPEC}port = \"x\"\n"))?;
    let ran = check(&repository, &["--config", "cmp-host.toml"])?;
    let lines = ran.stderr.lines().filter(|it| it.starts_with("error[")).collect::<Vec<_>>();
    ensure!(ran.code == Some(3) && ran.stdout.is_empty(), "{ran:?}");
    ensure!(
        lines.len() == 2
            && lines[0].starts_with("error[GUEST_FUEL]: a: ")
            && lines[1].starts_with("error[SG012]: "),
        "{ran:?}"
    );
    Ok(())
}

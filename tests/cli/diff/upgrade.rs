//! `guest upgrade --plan`: every spec of a guest, with the component that is there and with another one.

use anyhow::ensure;

use super::expect;
use crate::support::binary::{self, Ran};
use crate::support::repository::Repository;
use crate::support::spec::SPEC;
use crate::support::wat_guest::WatGuest;

fn upgrade(repository: &Repository, args: &[&str]) -> anyhow::Result<Ran> {
    let mut command = binary::command();
    command.args(["--config", "operator.toml", "guest", "upgrade"]).args(args);
    binary::run(command.args(["--root", "."]).current_dir(repository.path("")))
}

/// Two specs of a team's guest beside one of the default guest.
fn repository() -> anyhow::Result<Repository> {
    let repository = Repository::empty()?;
    repository.write("operator.toml", "[guest.team]\npath = \"old.wasm\"\nspec = \"team.toml\"\n")?;
    repository.write("old.wasm", WatGuest::of("old").bytes()?)?;
    repository.write("new.wasm", WatGuest::of("new").bytes()?)?;
    repository.write("a/team.toml", "")?;
    repository.write("b/sglang.toml", SPEC)?;
    repository.write("c/sglang.toml", "guest = \"team\"\n")?;
    Ok(repository)
}

#[test]
fn the_specs_of_the_guest_are_compared_and_no_others() -> anyhow::Result<()> {
    let repository = repository()?;
    expect("upgrade", &upgrade(&repository, &["team", "new.wasm", "--plan"])?)?;
    let same = upgrade(&repository, &["team", "old.wasm", "--plan"])?;
    ensure!(same.code == Some(0) && same.stdout.is_empty(), "{same:?}");
    let default = upgrade(&repository, &["default", "new.wasm", "--plan", "b"])?;
    ensure!(default.code == Some(5) && default.stdout.contains("b/sglang.toml\n"), "{default:?}");
    let nobodys = upgrade(&repository, &["default", "new.wasm", "--plan", "c"])?;
    let said =
        nobodys.stderr.starts_with("no spec there is expanded by `default`, so nothing was compared\n");
    ensure!(nobodys.code == Some(0) && said, "{nobodys:?}");
    Ok(())
}

#[test]
fn a_component_that_fails_is_said_for_each_spec() -> anyhow::Result<()> {
    let repository = repository()?;
    let crashes = WatGuest { before: "(unreachable)", ..WatGuest::of("a") };
    repository.write("crashes.wasm", crashes.bytes()?)?;
    expect("upgrade-crashes", &upgrade(&repository, &["team", "crashes.wasm", "--plan"])?)
}

#[test]
fn without_a_plan_nothing_is_swapped() -> anyhow::Result<()> {
    let repository = repository()?;
    let ran = upgrade(&repository, &["team", "new.wasm"])?;
    ensure!(ran.code == Some(2) && ran.stderr.contains("add `--plan`"), "{ran:?}");
    for (name, path, code) in [("taem", "new.wasm", 2), ("team", "no.wasm", 3)] {
        let ran = upgrade(&repository, &[name, path, "--plan"])?;
        ensure!(ran.code == Some(code) && ran.stdout.is_empty(), "{ran:?}");
    }
    Ok(())
}

/// The file is wrong, and no component makes that better or worse.
#[test]
fn a_spec_that_cannot_be_read_is_no_guests_doing() -> anyhow::Result<()> {
    let repository = repository()?;
    repository.write("b/sglang.toml", format!("{SPEC}[env.dev]\n[env.prod]\nx = [\n"))?;
    expect("upgrade-unreadable", &upgrade(&repository, &["default", "default", "--plan"])?)
}

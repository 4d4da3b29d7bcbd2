//! `guest add` and `guest list`: a component is pinned beside the operator's file, which keeps everything else.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use anyhow::ensure;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::binary::{self, Ran};
use crate::support::repository::Repository;
use crate::support::wat_guest::WatGuest;

const CONFIG: &str = "# The platform's.
[limits]
fuel = 1_000_000_000 # enough

[defaults]
labels.team = 'x'
";

#[test]
fn a_guest_is_copied_and_pinned() -> anyhow::Result<()> {
    let (repository, digest) = repository(CONFIG)?;
    fs::set_permissions(repository.path("cmp-host.toml"), fs::Permissions::from_mode(0o640))?;
    let ran = guest(&repository, &["add", "built.wasm", "--name", "vision", "--spec", "vision.toml"])?;
    let expected = format!("wrote guests/vision.wasm\npinned {digest} as `vision` in cmp-host.toml\n");
    ensure!(ran.code == Some(0) && ran.stdout.is_empty() && ran.stderr == expected, "{ran:?}");
    let table = format!(
        "\n[guest.vision]\npath = \"guests/vision.wasm\"\nsha256 = \"{digest}\"\nspec = \"vision.toml\"\n"
    );
    ensure!(text(&repository)? == format!("{CONFIG}{table}"), "{}", text(&repository)?);
    let mode = fs::metadata(repository.path("cmp-host.toml"))?.permissions().mode();
    ensure!(mode & 0o777 == 0o640, "{mode:o}");
    ensure!(fs::read(repository.path("guests/vision.wasm"))? == fs::read(repository.path("built.wasm"))?);

    repository.write("vision.toml", "")?;
    let mut command = binary::command();
    command.args(["generate", ".", "--root", ".", "--config", "cmp-host.toml"]);
    let ran = binary::run(command.current_dir(repository.path("")))?;
    ensure!(ran.code == Some(0) && ran.stdout.contains("name: built\n"), "{ran:?}");
    Ok(())
}

#[test]
fn a_file_behind_a_link_stays_there() -> anyhow::Result<()> {
    let (repository, _) = repository("")?;
    repository.write("elsewhere/platform.toml", "")?;
    fs::remove_file(repository.path("cmp-host.toml"))?;
    symlink("elsewhere/platform.toml", repository.path("cmp-host.toml"))?;
    let ran = guest(&repository, &["add", "built.wasm", "--name", "a"])?;
    ensure!(ran.code == Some(0), "{ran:?}");
    ensure!(fs::symlink_metadata(repository.path("cmp-host.toml"))?.is_symlink(), "the link is gone");
    ensure!(
        text(&repository)?.starts_with("[guest.a]\npath = \"guests/a.wasm\"\n"),
        "{}",
        text(&repository)?
    );
    ensure!(guest(&repository, &["list"])?.code == Some(0));
    Ok(())
}

#[test]
fn lines_end_as_those_of_the_file() -> anyhow::Result<()> {
    let (repository, digest) = repository(&CONFIG.replace('\n', "\r\n"))?;
    let ran = guest(&repository, &["add", "built.wasm", "--name", "a"])?;
    ensure!(ran.code == Some(0), "{ran:?}");
    let expected = format!("{CONFIG}\n[guest.a]\npath = \"guests/a.wasm\"\nsha256 = \"{digest}\"\n");
    ensure!(text(&repository)? == expected.replace('\n', "\r\n"), "{}", text(&repository)?);
    Ok(())
}

/// Root may write it all the same, and is refused all the same.
#[test]
fn a_file_that_is_read_only_stays() -> anyhow::Result<()> {
    let (repository, _) = repository(CONFIG)?;
    fs::set_permissions(repository.path("cmp-host.toml"), fs::Permissions::from_mode(0o444))?;
    let ran = guest(&repository, &["add", "built.wasm", "--name", "a"])?;
    ensure!(ran.code == Some(1) && ran.stderr.starts_with("SG060 `cmp-host.toml` may not be"), "{ran:?}");
    ensure!(text(&repository)? == CONFIG && !repository.path("guests").exists());
    Ok(())
}

#[test]
fn a_file_that_is_not_there_may_be_made() -> anyhow::Result<()> {
    let (repository, _) = repository("")?;
    fs::remove_file(repository.path("cmp-host.toml"))?;
    let ran = guest(&repository, &["add", "built.wasm", "--name", "a"])?;
    ensure!(
        ran.code == Some(4) && ran.stderr.contains("= help: write it first, an empty one will do,"),
        "{ran:?}"
    );
    Ok(())
}

#[test]
fn what_cannot_be_added_leaves_everything_as_it_was() -> anyhow::Result<()> {
    let taken = format!("{CONFIG}[guest.taken]\npath = \"built.wasm\"\n");
    let add = |config: &str, args: &[&str]| {
        let (repository, _) = repository(config)?;
        repository.write("text.wasm", "(component)")?;
        repository.write("guests/there.wasm", "")?;
        let ran = guest(&repository, &[&["add"], args].concat())?;
        ensure!(text(&repository)? == config, "{args:?} changed the file");
        let guests = fs::read_dir(repository.path("guests"))?.count();
        ensure!(guests == 1, "{args:?} left a file");
        Ok(ran)
    };
    for (config, args, code, expected) in [
        (taken.as_str(), &["built.wasm", "--name", "taken"][..], 2, "there is a guest `taken` already"),
        (CONFIG, &["built.wasm", "--name", "there"], 2, "guests/there.wasm` is there already"),
        (CONFIG, &["built.wasm", "--name", "default"], 2, "no guest can be called `default`"),
        (CONFIG, &["built.wasm", "--name", "../a"], 2, "a guest cannot be called `../a`"),
        (CONFIG, &["built.wasm", "--name", "a", "--spec", "b/c"], 2, "a spec cannot be called `b/c`"),
        ("guest = {}\n", &["built.wasm", "--name", "a"], 2, "`guest` is written in one line"),
        (CONFIG, &["text.wasm", "--name", "a"], 3, "GUEST_INVALID "),
        (CONFIG, &["nothing.wasm", "--name", "a"], 3, "GUEST_NOT_FOUND "),
        ("limits.component = 10\n", &["built.wasm", "--name", "a"], 3, "GUEST_TOO_LARGE "),
    ] {
        let ran = add(config, args)?;
        ensure!(
            ran.code == Some(code) && ran.stdout.is_empty() && ran.stderr.contains(expected),
            "{args:?}: {ran:?}"
        );
    }
    let mut command = binary::command();
    let ran = binary::run(command.args(["guest", "add", "built.wasm", "--name", "a"]))?;
    ensure!(ran.code == Some(2) && ran.stderr.contains("name it with `--config`"), "{ran:?}");
    Ok(())
}

#[test]
fn the_list_says_who_may_use_what() -> anyhow::Result<()> {
    let (repository, digest) = repository("")?;
    let config = format!(
        "[guest.a]\npath = \"built.wasm\"\nprojects = [\"x-*\", \"y\"]\napplications = [\"z\"]\n[guest.b]\npath = \"built.wasm\"\nsha256 = \"{digest}\"\nspec = \"b.toml\"\n"
    );
    repository.write("cmp-host.toml", &config)?;
    let ran = guest(&repository, &["list", "--format", "json"])?;
    let mut listed: Vec<Value> = serde_json::from_str(&ran.stdout)?;
    let own = listed.remove(0);
    ensure!(own["name"] == "default" && own["spec"] == "sglang.toml" && own["path"].is_null(), "{own}");
    let expected = json!([
        { "name": "a", "spec": "sglang.toml", "path": "built.wasm", "sha256": digest, "pinned": false,
          "projects": ["x-*", "y"], "applications": ["z"] },
        { "name": "b", "spec": "b.toml", "path": "built.wasm", "sha256": digest, "pinned": true,
          "projects": null, "applications": null },
    ]);
    ensure!(Value::Array(listed) == expected, "{}", ran.stdout);
    let lines = guest(&repository, &["list"])?.stdout;
    let expected = format!(
        "a                    sglang.toml          projects x-*, y; applications z {digest} (not pinned)\nb                    b.toml               everybody                      {digest}\n"
    );
    ensure!(lines.starts_with("default ") && lines.ends_with(&expected), "{lines}");

    repository.write("built.wasm", WatGuest::of("other").bytes()?)?;
    let ran = guest(&repository, &["list"])?;
    let start = "cmp-host.toml:7:10: GUEST_DIGEST_MISMATCH ";
    ensure!(ran.code == Some(4) && ran.stderr.starts_with(start), "{ran:?}");
    ensure!(ran.stdout.ends_with("another file than the pinned one\n"), "{ran:?}");
    Ok(())
}

/// An operator's file, and a component that gives a ConfigMap `built`; and its digest.
fn repository(config: &str) -> anyhow::Result<(Repository, String)> {
    let bytes = WatGuest::of("built").bytes()?;
    let digest = base16ct::lower::encode_string(&Sha256::digest(&bytes));
    let repository = Repository::empty()?;
    repository.write("cmp-host.toml", config)?;
    repository.write("built.wasm", bytes)?;
    Ok((repository, digest))
}

fn text(repository: &Repository) -> anyhow::Result<String> {
    Ok(fs::read_to_string(repository.path("cmp-host.toml"))?)
}

fn guest(repository: &Repository, args: &[&str]) -> anyhow::Result<Ran> {
    let mut command = binary::command();
    command.arg("guest").args(args).args(["--config", "cmp-host.toml"]).current_dir(repository.path(""));
    binary::run(&mut command)
}

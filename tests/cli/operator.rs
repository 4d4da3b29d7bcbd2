//! The operator's file: where it is looked for, and that a wrong one lets nothing happen.

use anyhow::ensure;

use crate::support::binary::{self, Ran};
use crate::support::repository::Repository;

const CONFIG: &str = "platform.toml";

#[test]
fn everything_wrong_is_said_at_once_with_its_line() -> anyhow::Result<()> {
    let config = "\
[limits]
feul = 1_000_000
memory = 0

[guests.vision]
path = \"guests/vision.wasm\"

[guest.team]
path = \"guests/team.wasm\"
spec = \"../team.toml\"
";
    let ran = limits(config)?;
    let expected = "\
platform.toml:2:1: HOST_CONFIG there is no limit `feul` (+4 more)

error[HOST_CONFIG]: there is no limit `feul`
 --> platform.toml:2:1
  |
2 | feul = 1_000_000
  | ^^^^
  |
  = help: did you mean `fuel`?

error[HOST_CONFIG]: the limit `memory` cannot be 0; expected 64KiB to MEMORY
 --> platform.toml:3:1
  |
3 | memory = 0
  | ^^^^^^
  |
  = help: write a number of bytes, or a size such as \"64MiB\"

error[HOST_CONFIG]: there is no key `guests`
 --> platform.toml:5:2
  |
5 | [guests.vision]
  |  ^^^^^^
  |
  = help: did you mean `guest`?

error[GUEST_NOT_FOUND]: the guest `team` cannot be read: guests/team.wasm: No such file or directory (os error 2)
 --> platform.toml:9:8
  |
9 | path = \"guests/team.wasm\"
  |        ^^^^^^^^^^^^^^^^^^
  |
  = help: put the component there, or mend the path: it is relative to this file

error[HOST_CONFIG]: `guest.team.spec` cannot be `../team.toml`
  --> platform.toml:10:8
   |
10 | spec = \"../team.toml\"
   |        ^^^^^^^^^^^^^^
   |
   = help: write a file's name, and not `cmp-host.toml`
";
    // The machine's memory is the largest value, and differs from machine to machine.
    let found = match ran.stderr.split_once("64KiB to ") {
        Some((before, after)) => {
            let (memory, after) = after.split_once('\n').unwrap_or_default();
            ensure!(!memory.is_empty(), "{ran:?}");
            format!("{before}64KiB to MEMORY\n{after}")
        }
        None => ran.stderr.clone(),
    };
    ensure!(ran.code == Some(4) && ran.stdout.is_empty() && found == expected, "{found}");
    Ok(())
}

#[test]
fn what_is_no_file_of_the_operators_is_refused() -> anyhow::Result<()> {
    for (config, start) in [
        (&b"[limits\n"[..], "platform.toml:1:8: HOST_CONFIG this is not TOML: "),
        (b"a = \xff\n", "HOST_CONFIG `platform.toml` is not UTF-8"),
        (
            b"limits = 1\n",
            "platform.toml:1:10: HOST_CONFIG `limits` is of the type integer; expected a table",
        ),
        (b"guest.default.path = \"a\"\n", "platform.toml:1:7: HOST_CONFIG no guest can be called `default`"),
        (b"[guest.vision]\n", "platform.toml:1:8: HOST_CONFIG `guest.vision` lacks the key `path`"),
        (&b"#\n".repeat(600_000), "HOST_CONFIG `platform.toml` cannot be read: it is larger than 1 MiB"),
    ] {
        let ran = limits(config)?;
        ensure!(ran.code == Some(4) && ran.stdout.is_empty() && ran.stderr.starts_with(start), "{ran:?}");
        ensure!(ran.stderr.contains("help: "), "{ran:?}");
    }
    let missing = run(&Repository::empty()?, &["limits", "--config", "nothing.toml"], None)?;
    let start = "HOST_CONFIG `nothing.toml` cannot be read: No such file";
    ensure!(missing.code == Some(4) && missing.stderr.starts_with(start), "{missing:?}");
    Ok(())
}

/// A wrong file is wrong for every verb, although some would not need it.
#[test]
fn every_verb_reads_it() -> anyhow::Result<()> {
    let repository = Repository::of("schema = 1\n")?;
    repository.write(CONFIG, "[limit]\n")?;
    let verbs: [&[&str]; 9] = [
        &["guest", "list"],
        &["generate"],
        &["check"],
        &["environments"],
        &["schema"],
        &["parameters"],
        &["inspect", "default"],
        &["limits"],
        &["init", "new"],
    ];
    for verb in verbs {
        let ran = run(&repository, verb, Some(CONFIG))?;
        let start = "platform.toml:1:2: HOST_CONFIG ";
        ensure!(
            ran.code == Some(4) && ran.stdout.is_empty() && ran.stderr.starts_with(start),
            "{verb:?}: {ran:?}"
        );
    }
    Ok(())
}

#[test]
fn the_flag_wins_over_the_variable_and_both_may_be_absent() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    repository.write("a.toml", "limits.manifests = 1\n")?;
    repository.write("b.toml", "\nlimits.manifests = 2\n")?;
    for (args, variable, expected) in [
        (
            &["limits", "--config", "a.toml"][..],
            Some("b.toml"),
            "manifests            1            cmp-host.toml:1",
        ),
        (&["limits"], Some("b.toml"), "manifests            2            cmp-host.toml:2"),
        (&["limits"], Some(""), "manifests            1000         default"),
        (&["limits"], None, "manifests            1000         default"),
    ] {
        let ran = run(&repository, args, variable)?;
        ensure!(ran.code == Some(0) && ran.stdout.lines().any(|it| it == expected), "{args:?}: {ran:?}");
    }
    Ok(())
}

fn limits(config: impl AsRef<[u8]>) -> anyhow::Result<Ran> {
    let repository = Repository::empty()?;
    repository.write(CONFIG, config)?;
    run(&repository, &["limits", "--config", CONFIG], None)
}

fn run(repository: &Repository, args: &[&str], variable: Option<&str>) -> anyhow::Result<Ran> {
    let mut command = binary::command();
    command.args(args).current_dir(repository.path(""));
    command.envs(variable.map(|it| ("CMP_HOST_CONFIG", it)));
    binary::run(&mut command)
}

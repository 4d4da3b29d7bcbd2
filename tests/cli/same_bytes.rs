//! The same files give the same bytes: in any folder, as any user, in any locale and time zone.

use std::io::{self, Write as _};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::support::binary;
use crate::support::examples;
use crate::support::repository::Repository;

/// Each with an environment of its own.
const EXAMPLES: [(&str, &str); 3] = [("llama-8b", "prod"), ("llama-70b", "prod"), ("embeddings-s3", "prod")];

#[test]
fn the_same_files_give_the_same_bytes() -> anyhow::Result<()> {
    let way = somebody_else()?;
    for (example, environment) in EXAMPLES {
        let here = print(
            Command::new(binary()).env("CMP_HOST_CACHE", binary::CACHE).env("LC_ALL", "C").env("TZ", "UTC"),
            example,
            environment,
            "a",
        )?;
        let mut stranger = stranger(way)?;
        let there = print(&mut stranger.command, example, environment, "somewhere/else entirely/ü")?;
        ensure!(here == there, "{example} gives other bytes elsewhere");
    }
    Ok(())
}

fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_cmp-host")
}

fn print(command: &mut Command, example: &str, environment: &str, folder: &str) -> anyhow::Result<Vec<u8>> {
    let repository = Repository::empty()?;
    examples::copy(example, &repository.path(folder))?;
    let command = command.args(["generate", ".", "--env", environment]).current_dir(repository.path(folder));
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(output.status.success(), "{example}: {}", String::from_utf8_lossy(&output.stderr));
    Ok([output.stdout, output.stderr].concat())
}

/// A command of somebody who shares nothing with us but the binary's bytes; the folder goes with it.
struct Stranger {
    command: Command,
    _folder: Repository,
}

fn stranger(way: Option<&[&str]>) -> anyhow::Result<Stranger> {
    let folder = Repository::empty()?;
    let binary = folder.path("cmp-host");
    // A copy of our own making would be open for writing in whatever another test starts meanwhile, and so "busy".
    let copied = Command::new("install").args(["-m", "755", self::binary()]).arg(&binary).status()?;
    ensure!(copied.success(), "cannot copy {}", self::binary());
    // sudo keeps no variable that it is given, so they are words behind it.
    let words = [way.unwrap_or_default(), &["env", "-i"]].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args([
        "PATH=/usr/bin:/bin",
        "LC_ALL=tr_TR.UTF-8",
        "LANG=tr_TR.UTF-8",
        "TZ=Pacific/Kiritimati",
        "USER=nobody",
        "RUST_LOG=trace",
        "KUBECONFIG=/nowhere",
    ]);
    command.args(["sh", "-euc", AT_HOME, "sh"]).arg(&binary);
    Ok(Stranger { command, _folder: folder })
}

/// Runs a command in a home that whoever runs it makes, and removes again: nobody else could.
const AT_HOME: &str = r#"HOME=$(mktemp -d); export HOME; trap 'rm -rf "$HOME"' EXIT; "$@""#;

/// How to become somebody else: as root; where sudo asks for no password, as on GitHub's runners; where the kernel lets
/// everybody be root among processes of their own, so that all that can be asked says so.
const WAYS: [&[&str]; 3] = [
    &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"],
    &["sudo", "-n", "-u", "nobody"],
    &["unshare", "--user", "--map-root-user"],
];

/// The first way that this machine has. Without any, only the machine of a person may leave it out, and says so.
fn somebody_else() -> anyhow::Result<Option<&'static [&'static str]>> {
    let works = |way: &&&[&str]| {
        let asked = Command::new(way[0]).args(&way[1..]).arg("true").output();
        asked.is_ok_and(|it| it.status.success())
    };
    let way = WAYS.iter().find(works).copied();
    if way.is_none() {
        let missing = "nobody else can be tried: run this as root, or let sudo ask for no password";
        ensure!(std::env::var_os("CI").is_none(), "{missing}");
        // Past the harness, which shows nothing of a test that passes.
        writeln!(io::stderr(), "left out: {missing}")?;
    }
    Ok(way)
}

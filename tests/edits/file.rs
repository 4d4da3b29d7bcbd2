//! The file itself: what it keeps, who may write it, and what two writers make of it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::Child;

use anyhow::ensure;

use crate::support::binary;
use crate::support::repository::Repository;
use crate::{read, run, spec};

const PROD: &str = "[env.prod]\nimage.tag = \"v0.5.22\"\n";
const SET: [&str; 4] = ["--env", "prod", "--tag", "v0.5.23"];

#[test]
fn marks_line_ends_and_mode_stay() -> anyhow::Result<()> {
    let text = spec("[env.prod] # é\nimage.tag = 'v0.5.22'").replace('\n', "\r\n");
    let repository = Repository::of(format!("\u{feff}{text}"))?;
    let path = repository.path("sglang.toml");
    fs::set_permissions(&path, Permissions::from_mode(0o640))?;
    let ran = run(&repository, &["image", "set"], &SET)?;
    ensure!(ran.code == Some(0), "{ran:?}");
    ensure!(
        read(&repository)? == format!("\u{feff}{}", text.replace("v0.5.22", "v0.5.23")),
        "{}",
        read(&repository)?
    );
    ensure!(fs::metadata(&path)?.mode() & 0o777 == 0o640, "its mode is another");
    Ok(())
}

/// The same inode: not even a copy of it took its place.
#[test]
fn what_is_said_already_is_not_written_again() -> anyhow::Result<()> {
    let repository = Repository::of(spec(PROD))?;
    let stamp =
        || fs::metadata(repository.path("sglang.toml")).map(|it| (it.ino(), it.mtime(), it.mtime_nsec()));
    let before = stamp()?;
    let ran = run(&repository, &["image", "set"], &["--env", "prod", "--tag", "v0.5.22"])?;
    ensure!(ran.code == Some(0) && ran.stdout.is_empty(), "{ran:?}");
    ensure!(ran.stderr == "sglang.toml says so already; nothing was written\n", "{ran:?}");
    ensure!(stamp()? == before, "the file was written");
    Ok(())
}

/// Root may write it all the same, and is refused all the same.
#[test]
fn a_file_that_is_read_only_stays() -> anyhow::Result<()> {
    let repository = Repository::of(spec(PROD))?;
    fs::set_permissions(repository.path("sglang.toml"), Permissions::from_mode(0o444))?;
    let ran = run(&repository, &["image", "set"], &SET)?;
    let said = "SG060 `sglang.toml` may not be written: it is read-only\n\n\
                error[SG060]: `sglang.toml` may not be written: it is read-only\n |\n \
                = help: let yourself write it, `chmod u+w`, or ask who owns it\n";
    ensure!(ran.code == Some(1) && ran.stdout.is_empty() && ran.stderr == said, "{ran:?}");
    ensure!(read(&repository)? == spec(PROD));
    Ok(())
}

#[test]
fn a_link_stays_a_link_and_its_target_is_changed() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    repository.write("specs/llama.toml", spec(PROD))?;
    fs::create_dir(repository.path("service"))?;
    symlink("../specs/llama.toml", repository.path("service/sglang.toml"))?;
    let mut command = binary::command();
    let command = command.args(["image", "set", "service", "--root", "."]).args(SET);
    let ran = binary::run(command.current_dir(repository.path("")))?;
    ensure!(ran.code == Some(0), "{ran:?}");
    ensure!(fs::read_link(repository.path("service/sglang.toml"))?.ends_with("llama.toml"));
    let text = fs::read_to_string(repository.path("specs/llama.toml"))?;
    ensure!(text == spec(PROD).replace("v0.5.22", "v0.5.23"), "{text}");
    Ok(())
}

#[test]
fn whoever_comes_second_is_told_who_came_first() -> anyhow::Result<()> {
    let repository = Repository::of(spec(PROD))?;
    repository.write("sglang.toml.lock", "process 7 of cmp-host\n")?;
    let lock = repository.path("sglang.toml.lock").canonicalize()?;
    let held = fs::File::open(&lock)?;
    held.lock()?;
    let ran = run(&repository, &["image", "set"], &SET)?;
    let message = "`sglang.toml` is being written by process 7 of cmp-host";
    let said = format!(
        "SG061 {message}\n\nerror[SG061]: {message}\n |\n \
         = help: run the command again when it has ended; if it is gone, remove `{}`\n",
        lock.display()
    );
    ensure!(ran.code == Some(1) && ran.stdout.is_empty() && ran.stderr == said, "{said}\n{ran:?}");
    ensure!(read(&repository)? == spec(PROD) && lock.exists());
    // Whoever has it is gone, however that was, and nobody need remove anything.
    drop(held);
    ensure!(run(&repository, &["image", "set"], &SET)?.code == Some(0));
    ensure!(!lock.exists(), "the lock is left");
    Ok(())
}

/// Eight writers at once, each with an environment of its own: whoever is refused tries again, and nothing is lost.
#[test]
fn many_writers_lose_nothing() -> anyhow::Result<()> {
    let names: Vec<String> = (0..8).map(|it| format!("e{it}")).collect();
    let environments =
        |tag: &str| names.iter().map(|it| format!("[env.{it}]\nimage.tag = \"{tag}\"\n")).collect::<String>();
    let repository = Repository::of(spec(&environments("v0.5.22")))?;
    let mut left = names.clone();
    while !left.is_empty() {
        let writers = left.iter().map(|it| start(&repository, it)).collect::<anyhow::Result<Vec<_>>>()?;
        let mut refused = Vec::new();
        for (name, writer) in left.iter().zip(writers) {
            let output = writer.wait_with_output()?;
            let said = String::from_utf8(output.stderr)?;
            match output.status.code() {
                Some(0) => {}
                Some(1) if said.starts_with("SG061 ") => refused.push(name.clone()),
                code => anyhow::bail!("{name} ends with {code:?}: {said}"),
            }
        }
        ensure!(refused.len() < left.len(), "nobody gets to write");
        left = refused;
    }
    ensure!(read(&repository)? == spec(&environments("v0.5.23")), "{}", read(&repository)?);
    ensure!(fs::read_dir(repository.path(""))?.count() == 1, "something is left behind");
    Ok(())
}

fn start(repository: &Repository, environment: &str) -> anyhow::Result<Child> {
    let mut command = binary::command();
    command.args(["image", "set", ".", "--tag", "v0.5.23", "--env", environment]);
    command.current_dir(repository.path("")).stdin(std::process::Stdio::null());
    Ok(command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn()?)
}

//! `rollback`: whose values it takes, and how far it looks.

use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::repositories::{commit, of, prod, short, without_prod};
use crate::support::git::git;
use crate::support::repository::Repository;
use crate::{read, run, spec};

const PROD: [&str; 2] = ["--env", "prod"];

/// The values come back, in a diff that names nothing else, and stderr says from where.
fn require_back(
    repository: &Repository,
    arguments: &[&str],
    from: &str,
    tags: [&str; 2],
) -> anyhow::Result<()> {
    let before = read(repository)?;
    let ran = run(repository, &["rollback"], &[&PROD, arguments].concat())?;
    ensure!(ran.code == Some(0), "{ran:?}");
    ensure!(
        ran.stderr.ends_with(&format!("the values are those of {from}; commit the change to deliver them\n")),
        "{ran:?}"
    );
    let [old, new] = tags.map(|it| format!("image.tag = \"{it}\"\n"));
    let changed = |sign: char| ran.stdout.lines().skip(2).filter(move |it| it.starts_with(sign)).count();
    ensure!(changed('-') == 1 && changed('+') == 1, "{ran:?}");
    ensure!(ran.stdout.contains(&format!("-{old}+{new}")), "{ran:?}");
    ensure!(
        read(repository)? == before.replacen(&format!("[env.prod]\n{old}"), &format!("[env.prod]\n{new}"), 1)
    );
    Ok(())
}

#[test]
fn the_last_commit_with_another_image_gives_it_back() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.20"), prod("v0.5.21"), prod("v0.5.22")])?;
    // What does not concern prod's image is no rollback's end.
    repository.write("README.md", "text")?;
    commit(&repository, &format!("# a comment\n{}", prod("v0.5.22")))?;
    commit(&repository, &prod("v0.5.22").replace("v0.5.23", "v0.5.19"))?;
    require_back(&repository, &[], &short(&repository, "HEAD~3")?, ["v0.5.22", "v0.5.21"])?;
    // Committed, it is the last word; the one before it is what was there.
    let text = read(&repository)?;
    commit(&repository, &text)?;
    require_back(&repository, &[], &short(&repository, "HEAD~1")?, ["v0.5.21", "v0.5.22"])
}

#[test]
fn a_commit_that_is_named_gives_what_it_had() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.20"), prod("v0.5.21"), prod("v0.5.22")])?;
    git(&repository.path(""), &["tag", "good", "HEAD~2"])?;
    require_back(&repository, &["--to", "good"], &short(&repository, "good")?, ["v0.5.22", "v0.5.20"])
}

#[test]
fn what_is_named_and_in_force_is_not_written() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.22"), prod("v0.5.22")])?;
    let ran = run(&repository, &["rollback"], &[&PROD[..], &["--to", "HEAD~1"]].concat())?;
    let said = format!(
        "sglang.toml says so already; nothing was written\nthe values are those of {}\n",
        short(&repository, "HEAD~1")?
    );
    ensure!(ran.code == Some(0) && ran.stdout.is_empty() && ran.stderr == said, "{ran:?}");
    Ok(())
}

/// A partial clone has the commit, and not what was in it: that may be the very value that is looked for.
#[test]
fn a_commit_whose_spec_is_not_here_ends_the_search() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.20"), prod("v0.5.21"), prod("v0.5.22")])?;
    let blob = git(&repository.path(""), &["rev-parse", "HEAD~1:sglang.toml"])?;
    let (folder, file) = blob.trim().split_at(2);
    std::fs::remove_file(repository.path(format!(".git/objects/{folder}/{file}")))?;
    let ran = run(&repository, &["rollback"], &PROD)?;
    let place = format!("{}:sglang.toml", short(&repository, "HEAD~1")?);
    ensure!(ran.code == Some(1) && ran.stdout.is_empty() && ran.stderr.contains("SG005"), "{ran:?}");
    ensure!(read(&repository)? == prod("v0.5.22"), "{place}: {ran:?}");
    Ok(())
}

/// Of a merge, the branch that was merged into counts.
#[test]
fn first_parents_are_followed() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.20"), prod("v0.5.21")])?;
    let folder = repository.path("");
    git(&folder, &["switch", "--quiet", "--create", "topic", "HEAD~1"])?;
    commit(&repository, &prod("v0.5.22"))?;
    git(&folder, &["switch", "--quiet", "main"])?;
    git(&folder, &["merge", "--quiet", "--strategy", "ours", "--message", "x", "topic"])?;
    git(&folder, &["checkout", "--quiet", "topic", "--", "sglang.toml"])?;
    git(&folder, &["commit", "--quiet", "--amend", "--message", "x"])?;
    require_back(&repository, &[], &short(&repository, "HEAD^1")?, ["v0.5.22", "v0.5.21"])
}

#[test]
fn commits_that_make_no_spec_are_passed_over() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.20"), String::from("name = \n"), without_prod(), prod("v0.5.22")])?;
    let at = |revision: &str| short(&repository, revision);
    let (oldest, broken, without) = (at("HEAD~3")?, at("HEAD~2")?, at("HEAD~1")?);
    let ran = run(&repository, &["rollback"], &PROD)?;
    let said = format!(
        "passing over {without}: sglang.toml:8:2: SG020 there is no environment `prod`: the spec has `dev`\n\
         passing over {broken}: sglang.toml:1:8: SG010 this is not TOML: string values must be quoted, expected literal string\n\
         the values are those of {oldest}; commit the change to deliver them\n"
    );
    ensure!(ran.code == Some(0) && ran.stderr == said, "{said}\n{ran:?}");
    ensure!(read(&repository)? == prod("v0.5.20"));
    Ok(())
}

/// A base's change is a change, too; what comes back is prod's own.
#[test]
fn bases_have_a_history_as_well() -> anyhow::Result<()> {
    let text = spec("[env.prod]\n").replace("schema = 1", "schema = 1\nextends = \"base.toml\"");
    let repository = of(&[])?;
    repository.write("base.toml", "image.tag = \"v0.5.21\"\n")?;
    let first = commit(&repository, &text)?;
    repository.write("base.toml", "image.tag = \"v0.5.22\"\n")?;
    commit(&repository, &text)?;
    let ran = run(&repository, &["rollback"], &PROD)?;
    ensure!(ran.code == Some(0) && ran.stderr.contains(&first), "{ran:?}");
    ensure!(read(&repository)? == format!("{text}image.tag = \"v0.5.21\"\n"), "{}", read(&repository)?);
    Ok(())
}

#[test]
fn replicas_come_back_if_they_are_asked_for() -> anyhow::Result<()> {
    let replicas = |n: &str| spec(&format!("image.tag = \"v0.5.22\"\n[env.prod]\nreplicas = {n}\n"));
    let repository = of(&[replicas("0"), replicas("1")])?;
    let ran = run(&repository, &["rollback"], &[&PROD[..], &["--only", "replicas,image"]].concat())?;
    ensure!(ran.code == Some(0) && read(&repository)? == replicas("0"), "{ran:?}");
    Ok(())
}

#[test]
fn worktrees_and_detached_heads_have_a_history() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.20"), prod("v0.5.21"), prod("v0.5.22")])?;
    let linked = repository.path("linked");
    let name = linked.to_str().unwrap_or_default();
    git(&repository.path(""), &["worktree", "add", "--quiet", "--detach", name, "HEAD~1"])?;
    let mut command = crate::support::binary::command();
    let ran = crate::support::binary::run(command.args(["rollback", name, "--env", "prod"]))?;
    ensure!(ran.code == Some(0) && ran.stderr.contains(&short(&repository, "HEAD~2")?), "{ran:?}");
    ensure!(std::fs::read_to_string(linked.join("sglang.toml"))? == prod("v0.5.20"));
    ensure!(read(&repository)? == prod("v0.5.22"), "the other worktree was written");
    git(&repository.path(""), &["checkout", "--quiet", "--detach"])?;
    require_back(&repository, &[], &short(&repository, "HEAD~1")?, ["v0.5.22", "v0.5.21"])
}

/// Ten thousand commits of other things.
#[test]
fn a_long_history_takes_seconds() -> anyhow::Result<()> {
    let repository = of(&[prod("v0.5.21")])?;
    commit(&repository, &prod("v0.5.22"))?;
    let mut stream = String::new();
    for number in 0..10_000 {
        let from = if number == 0 { "from refs/heads/main^0\n" } else { "" };
        let text = format!("{number:08}");
        stream += &format!(
            "commit refs/heads/main\ncommitter a <a@example.com> {} +0000\ndata 1\nx\n{from}M 100644 inline other\ndata 8\n{text}\n",
            1_800_000_000 + number
        );
    }
    import(&repository, &stream)?;
    git(&repository.path(""), &["reset", "--quiet", "--hard"])?;
    let first = short(&repository, "HEAD~10001")?;
    let started = Instant::now();
    require_back(&repository, &[], &first, ["v0.5.22", "v0.5.21"])?;
    ensure!(started.elapsed() < Duration::from_secs(20), "it takes {:?}", started.elapsed());
    Ok(())
}

fn import(repository: &Repository, stream: &str) -> anyhow::Result<()> {
    repository.write(".git/stream", stream)?;
    let mut command = std::process::Command::new("git");
    command.arg("-C").arg(repository.path("")).args(["fast-import", "--quiet"]);
    let ran = command.stdin(std::fs::File::open(repository.path(".git/stream"))?).status()?;
    ensure!(ran.success());
    Ok(())
}

//! A side that does not expand, and what a reviewer sees all the same.

use anyhow::ensure;

use super::{diff, expect_of, sample, spec};
use crate::support::binary;
use crate::support::history::Git;
use crate::support::spec::SPEC;
use crate::support::wat_guest::WatGuest;

/// A small guest, whose manifests can be read at a glance.
fn maps() -> anyhow::Result<Git> {
    let git = Git::new()?;
    git.write("operator.toml", "[guest.maps]\npath = \"maps.wasm\"\n")?;
    git.write("maps.wasm", WatGuest::of("map").bytes()?)?;
    git.write("a/sglang.toml", "guest = \"maps\"\n")?;
    Ok(git)
}

const MAIN: [&str; 3] = ["--config", "operator.toml", "main"];

/// Somebody mends what was broken: all of it is new, and what was wrong before is told.
#[test]
fn a_broken_side_before_leaves_everything_new() -> anyhow::Result<()> {
    let git = maps()?;
    git.write("a/sglang.toml", "guest = \"map\"\n")?;
    git.commit()?;
    git.write("a/sglang.toml", "guest = \"maps\"\n")?;
    for format in ["text", "markdown", "json"] {
        let args = [&MAIN[..], &["--format", format]].concat();
        expect_of(&format!("broken-before-{format}"), &git.path(""), &args)?;
    }
    Ok(())
}

#[test]
fn a_broken_side_after_keeps_no_other_spec_from_being_shown() -> anyhow::Result<()> {
    let git = maps()?;
    git.commit()?;
    git.edit("a/sglang.toml", "maps", "map")?;
    git.write("b/sglang.toml", "guest = \"maps\"\n")?;
    expect_of("broken-after", &git.path(""), &MAIN)
}

#[test]
fn an_environment_that_does_not_expand_leaves_the_others() -> anyhow::Result<()> {
    let git = sample()?;
    git.edit("services/llama/sglang.toml", "replicas = 2", "replicas = -2")?;
    git.edit("services/llama/sglang.toml", "[env.dev]", "[env.dev]\nport = 9000")?;
    expect_of("broken-environment", &git.path(""), &["main"])
}

#[test]
fn a_new_environment_is_new_as_a_whole() -> anyhow::Result<()> {
    let git = sample()?;
    git.write("services/llama/sglang.toml", spec().replace("[env.dev]\n", "[env.staging]\n"))?;
    let ran = binary::run(&mut diff(&git.path(""), &["main"]))?;
    let remarks: Vec<&str> = ran
        .stdout
        .lines()
        .filter(|it| it.starts_with("services/") || it.trim_start().starts_with('!') || it.contains("differ"))
        .collect();
    ensure!(ran.code == Some(5), "{ran:?}");
    ensure!(
        remarks
            == [
                "services/llama/sglang.toml, staging",
                "  ! only in the working tree",
                "services/llama/sglang.toml, dev",
                "  ! only in main",
                "2 environments differ: 6 objects added, 6 removed",
            ],
        "{remarks:?}"
    );
    Ok(())
}

/// What a spec makes without environments is none of theirs, whether they went or came.
#[test]
fn a_spec_may_lose_its_last_environment_or_get_its_first() -> anyhow::Result<()> {
    let git = Git::new()?;
    let (with, without) = (format!("{SPEC}[env.dev]\n"), SPEC);
    for (before, after, remarks) in [
        (&*with, without, [("", "only in the working tree"), (", dev", "only in main")]),
        (without, &*with, [(", dev", "only in the working tree"), ("", "only in main")]),
    ] {
        git.write("sglang.toml", before)?;
        git.commit()?;
        git.write("sglang.toml", after)?;
        let ran = binary::run(&mut diff(&git.path(""), &["main"]))?;
        ensure!(ran.code == Some(5) && ran.stderr.is_empty(), "{ran:?}");
        for (environment, remark) in remarks {
            let section = format!("\nsglang.toml{environment}\n  ! {remark}\n");
            ensure!(ran.stdout.contains(&section), "{section}{ran:?}");
        }
        let summary = "\n2 environments differ: 6 objects added, 6 removed\n";
        ensure!(ran.stdout.ends_with(summary), "{ran:?}");
        let one = binary::run(&mut diff(&git.path(""), &["main", "--env", "dev"]))?;
        ensure!(one.code == Some(5) && one.stdout.matches("  ! only in ").count() == 1, "{one:?}");
    }
    Ok(())
}

/// The revision has nothing wrong with it, whatever the working tree's spec is like.
#[test]
fn a_working_tree_that_cannot_be_read_is_alone_to_blame() -> anyhow::Result<()> {
    let git = sample()?;
    let path = "services/llama/sglang.toml";
    for (name, broken) in [
        ("unreadable", format!("{}x = [\n", spec())),
        ("extends-nothing", format!("extends = \"nothing.toml\"\n{}", spec())),
        ("guest-nobody-has", format!("guest = \"nobody\"\n{}", spec())),
    ] {
        git.write(path, broken)?;
        for format in ["text", "markdown", "json"] {
            expect_of(&format!("{name}-{format}"), &git.path(""), &["main", "--format", format])?;
        }
    }
    Ok(())
}

/// Nothing comes after it, and that is what its author wants.
#[test]
fn what_was_broken_may_be_taken_away() -> anyhow::Result<()> {
    let git = Git::new()?;
    git.write("a/sglang.toml", spec())?;
    git.write("b/sglang.toml", "x = [\n")?;
    git.edit("a/sglang.toml", "replicas = 2", "replicas = -2")?;
    git.commit()?;
    git.run(&["rm", "--quiet", "b/sglang.toml"])?;
    git.edit("a/sglang.toml", "[env.prod]\nreplicas = -2\ncache.access = \"ReadWriteMany\"\n", "")?;
    expect_of("broken-removed", &git.path(""), &["main"])?;
    expect_of("broken-removed-json", &git.path(""), &["main", "--format", "json"])
}

/// A slip in an environment's name takes nothing away.
#[test]
fn an_environment_that_nobody_has_is_an_error() -> anyhow::Result<()> {
    let git = sample()?;
    for args in [
        &["main", "--env", "prd"][..],
        &["--env", "prd", "--against-env", "dev", "services"],
        &["--env", "dev", "--against-env", "prd", "services"],
    ] {
        let ran = binary::run(&mut diff(&git.path(""), args))?;
        ensure!(ran.code == Some(1) && ran.stdout.is_empty(), "{args:?}: {ran:?}");
        ensure!(
            ran.stderr.contains(": SG020 there is no environment `prd`") && ran.stderr.contains("prod"),
            "{args:?}: {ran:?}"
        );
    }
    Ok(())
}

/// The working tree has a warning that the revision does not have.
#[test]
fn a_new_warning_is_told() -> anyhow::Result<()> {
    let git = sample()?;
    git.edit("services/llama/sglang.toml", "[env.dev]", "[monitor]\nlabels = { a = \"b\" }\n[env.dev]")?;
    let ran = binary::run(&mut diff(&git.path(""), &["main", "--env", "dev"]))?;
    let remark = "  ! the working tree warns as it did not before: services/llama/sglang.toml:";
    ensure!(ran.code == Some(5) && ran.stdout.contains(remark), "{ran:?}");
    ensure!(ran.stderr.contains("found in dev"), "{ran:?}");
    git.commit()?;
    git.edit("services/llama/sglang.toml", "replicas = 2", "replicas = 3")?;
    let again = binary::run(&mut diff(&git.path(""), &["main"]))?;
    ensure!(again.code == Some(5) && !again.stdout.contains('!'), "{again:?}");
    Ok(())
}

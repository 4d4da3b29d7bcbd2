//! The three formats, and what must not get into any of them.

use anyhow::ensure;

use super::{diff, expect_of, sample, spec};
use crate::support::binary;
use crate::support::history::Git;

/// A spec that changes, one that is new, one that is gone, and one that stays.
fn changed() -> anyhow::Result<Git> {
    let git = sample()?;
    for name in ["gone", "stays"] {
        git.write(&format!("services/{name}/sglang.toml"), "guest = \"maps\"\n")?;
    }
    git.write("operator.toml", "[guest.maps]\npath = \"maps.wasm\"\n")?;
    let maps = crate::support::wat_guest::WatGuest::of("map");
    git.write("maps.wasm", maps.bytes()?)?;
    git.commit()?;
    git.run(&["rm", "--quiet", "services/gone/sglang.toml"])?;
    git.write("services/new/sglang.toml", "guest = \"maps\"\n")?;
    git.write("services/llama/sglang.toml", spec().replace("replicas = 2", "replicas = 3"))?;
    Ok(git)
}

#[test]
fn each_format_says_all_of_it() -> anyhow::Result<()> {
    let git = changed()?;
    for format in ["text", "markdown", "json"] {
        let args = ["--config", "operator.toml", "main", "--format", format];
        expect_of(&format!("format-{format}"), &git.path(""), &args)?;
    }
    Ok(())
}

#[test]
fn nothing_is_said_in_each_format() -> anyhow::Result<()> {
    let git = sample()?;
    for format in ["markdown", "json"] {
        expect_of(&format!("nothing-{format}"), &git.path(""), &["main", "--format", format])?;
    }
    Ok(())
}

/// A pipe gets no colours, whatever the terminal is called; a long line stays one.
#[test]
fn a_long_line_is_neither_cut_nor_coloured() -> anyhow::Result<()> {
    let git = sample()?;
    let long = "x".repeat(300);
    git.edit("services/llama/sglang.toml", "[env.dev]", &format!("[vars]\nLONG = \"{long}\"\n[env.dev]"))?;
    for format in ["text", "markdown", "json"] {
        let mut command = diff(&git.path(""), &["main", "--format", format]);
        let ran = binary::run(command.env("TERM", "xterm-256color").env("CLICOLOR_FORCE", "1"))?;
        ensure!(ran.code == Some(5) && ran.stdout.contains(&long), "{ran:?}");
        ensure!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{ran:?}");
    }
    Ok(())
}

/// The same bytes, however the work is shared.
#[test]
fn the_same_difference_is_written_twice_the_same() -> anyhow::Result<()> {
    let git = Git::new()?;
    for index in 0..12 {
        git.write(&format!("s{index}/sglang.toml"), spec())?;
    }
    git.commit()?;
    for index in 0..12 {
        git.edit(&format!("s{index}/sglang.toml"), "replicas = 2", "replicas = 3")?;
    }
    let first = binary::run(&mut diff(&git.path(""), &["main"]))?;
    let order: Vec<&str> = first.stdout.lines().filter(|it| it.ends_with("toml, prod")).collect();
    ensure!(order.len() == 12 && order.is_sorted(), "{order:?}");
    for _ in 0..3 {
        ensure!(binary::run(&mut diff(&git.path(""), &["main"]))?.stdout == first.stdout);
    }
    Ok(())
}

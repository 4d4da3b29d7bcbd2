//! `init`: what it writes can be generated from, what it cannot write it says, and it never overwrites.

use anyhow::ensure;

use crate::support::binary::{self, Ran};
use crate::support::repository::Repository;

fn init(repository: &Repository, args: &[&str]) -> anyhow::Result<Ran> {
    binary::run(binary::command().arg("init").arg(repository.path("")).args(args))
}

#[test]
fn a_first_spec_can_be_generated_from() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    let answers = ["--name", "chat", "--model", "acme/own-7b", "--weights-gib", "14.2", "--gpu", "l40s"];
    let ran = init(&repository, &answers)?;
    ensure!(ran.code == Some(0) && ran.stdout.is_empty(), "{ran:?}");
    let checked = binary::run(binary::command().arg("check").arg(repository.path("")))?;
    ensure!(checked.code == Some(0), "{checked:?}");
    Ok(())
}

#[test]
fn what_is_there_stays() -> anyhow::Result<()> {
    let repository = Repository::of("# mine\n")?;
    let ran = init(&repository, &["--model", "meta-llama/Llama-3.1-8B-Instruct"])?;
    ensure!(ran.code == Some(1) && ran.stderr.starts_with("SG008 "), "{ran:?}");
    ensure!(std::fs::read_to_string(repository.path("sglang.toml"))? == "# mine\n");
    Ok(())
}

#[test]
fn answers_that_make_no_spec_leave_none() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    let ran = init(&repository, &["--model", "acme/own-7b"])?;
    ensure!(ran.code == Some(1) && ran.stderr.starts_with("SG030 "), "{ran:?}");
    ensure!(!repository.path("sglang.toml").exists(), "it wrote a spec");
    Ok(())
}

/// Each refusal says what to add, and whoever adds it arrives: nothing else needs to be read.
#[test]
fn a_model_outside_of_the_catalog_gets_to_manifests() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    let model = ["--model", "acme/tower-30b"];
    for (more, wanted) in [
        (&[][..], "--weights-gib"),
        (&["--weights-gib", "57.2"], "--gpu"),
        (&["--weights-gib", "57.2", "--gpu", "l4"], "SG101"),
    ] {
        let ran = init(&repository, &[&model, more].concat())?;
        ensure!(ran.code == Some(1) && ran.stdout.is_empty(), "{more:?}: {ran:?}");
        ensure!(ran.stderr.contains(wanted), "{more:?} does not say {wanted}: {}", ran.stderr);
        ensure!(!repository.path("sglang.toml").exists(), "{more:?} fails, and leaves a file");
    }
    let ran = init(&repository, &[&model[..], &["--weights-gib", "57.2", "--gpu", "h200"]].concat())?;
    ensure!(ran.code == Some(0), "{ran:?}");
    for environment in ["dev", "staging", "prod"] {
        let mut command = binary::command();
        let ran = binary::run(command.arg("generate").arg(repository.path("")).args(["--env", environment]))?;
        ensure!(ran.code == Some(0) && ran.stdout.contains("kind: Deployment"), "{environment}: {ran:?}");
    }
    Ok(())
}

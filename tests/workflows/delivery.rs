//! An image that was built is given to the first environment: once, whoever else pushes, and only if the spec is right then.

use anyhow::ensure;

use crate::stage::{COMMIT, DIGEST, Stage};
use crate::values;
use crate::workflow::Workflow;

/// Three environments; an image of the team's own, whose release its tag does not tell.
pub(crate) const SPEC: &str = r#"# Ours.
schema = 1
name = "chat"

[model]
id = "meta-llama/Llama-3.1-8B-Instruct"

[image]
repo = "registry.example.com/team/sglang"
tag = "v0.5.22" # the last one that everybody has
version = "0.5.23"

[gpu]
product = "l40s"

[env.dev] # gets every image
[env.staging]
[env.prod]
replicas = 2 # enough
cache.access = "ReadWriteMany"
"#;

/// A runner that has built an image.
pub(crate) fn built() -> anyhow::Result<Stage> {
    let mut stage = Stage::new(SPEC)?;
    stage.expressions.insert("needs.build.outputs.digest".into(), DIGEST.into());
    Ok(stage)
}

/// What `dev` has once the image is there.
pub(crate) fn delivered() -> String {
    SPEC.replace(
        "[env.dev] # gets every image\n",
        &format!("[env.dev] # gets every image\nimage.digest = \"{DIGEST}\"\n"),
    )
}

#[test]
fn an_image_is_built_once_for_a_commit() -> anyhow::Result<()> {
    let workflow = Workflow::read("delivery.yaml")?;
    let mut stage = Stage::new(SPEC)?;
    stage.expressions.insert("steps.build.outputs.digest".into(), DIGEST.into());
    ensure!(stage.play(&workflow, "build", "main")?.passed);
    ensure!(
        stage.expressions["steps.found.outputs.digest"].is_empty(),
        "it found an image that is not there"
    );
    ensure!(stage.expressions["needs.build.outputs.digest"] == DIGEST);

    let again = DIGEST.replace('1', "2");
    std::fs::write(stage.path("fake/digest"), &again)?;
    ensure!(stage.play(&workflow, "build", "main")?.passed);
    ensure!(stage.expressions["steps.found.outputs.digest"] == again, "it would build a second time");
    ensure!(stage.expressions["needs.build.outputs.digest"] == again);
    Ok(())
}

#[test]
fn a_build_without_a_digest_delivers_nothing() -> anyhow::Result<()> {
    let mut stage = Stage::new(SPEC)?;
    let played = stage.play(&Workflow::read("delivery.yaml")?, "build", "main")?;
    ensure!(!played.passed && played.said.contains("::error::the build gave no digest\n"), "{played:?}");
    Ok(())
}

/// Neither pushes nor scans, and has nothing to say of a digest.
#[test]
fn a_pull_request_only_builds() -> anyhow::Result<()> {
    let mut stage = Stage::new(SPEC)?;
    stage.expressions.insert("github.ref".into(), "refs/pull/1/merge".into());
    let workflow = Workflow::read("delivery.yaml")?;
    let played = stage.play(&workflow, "build", "main")?;
    ensure!(played.passed && !played.said.contains("digest"), "{played:?}");
    let condition = &workflow.job("deliver")?["if"];
    ensure!(!values::holds(condition, &stage.expressions)?, "it delivers a pull request");
    Ok(())
}

#[test]
fn the_first_environment_gets_the_image_once() -> anyhow::Result<()> {
    let workflow = Workflow::read("delivery.yaml")?;
    let mut stage = built()?;
    let played = stage.play(&workflow, "deliver", "main")?;
    ensure!(played.passed, "{}", played.said);
    ensure!(stage.spec("main")? == delivered(), "{}", stage.spec("main")?);
    let message = format!(
        "github-actions[bot]: dev: take the image of 0123456789ab\n\n\
         Image: registry.example.com/team/sglang@{DIGEST}\nBuilt-from: {COMMIT}"
    );
    ensure!(stage.log("main")? == [message], "{:?}", stage.log("main")?);

    let played = stage.play(&workflow, "deliver", "main")?;
    ensure!(played.passed && played.said.contains("dev has this image already\n"), "{played:?}");
    ensure!(stage.log("main")?.len() == 1, "it committed a second time");
    Ok(())
}

/// The change is made anew on what the other one pushed, and both are there.
#[test]
fn whoever_pushes_first_loses_nothing() -> anyhow::Result<()> {
    let mut stage = built()?;
    stage.wrap(
        "#!/bin/bash\nset -e\n\
         if [[ $1 == check && ! -f $FAKE/raced ]]; then\n\
           touch $FAKE/raced\n\
           git clone --quiet \"$(git remote get-url origin)\" $FAKE/clone\n\
           cd $FAKE/clone && echo mine >README.md && git add . && git commit --quiet --message race && git push --quiet\n\
           cd - >/dev/null\n\
         fi\n\
         exec $REAL \"$@\"\n",
    )?;
    let played = stage.play(&Workflow::read("delivery.yaml")?, "deliver", "main")?;
    ensure!(
        played.passed && played.said.contains("::notice::main moved on during attempt 1\n"),
        "{played:?}"
    );
    ensure!(stage.spec("main")? == delivered());
    let log = stage.log("main")?;
    ensure!(log.len() == 2 && log[1] == "github-actions[bot]: race", "{log:?}");
    Ok(())
}

/// A spec that says nothing of the release gets it with the digest.
#[test]
fn the_release_arrives_with_the_digest() -> anyhow::Result<()> {
    let mut stage = built()?;
    let version = "version = \"0.5.23\"\n";
    stage.commit("main", "services/chat/sglang.toml", &SPEC.replace(version, ""))?;
    let played = stage.play(&Workflow::read("delivery.yaml")?, "deliver", "main")?;
    ensure!(played.passed, "{}", played.said);
    let digest = format!("image.digest = \"{DIGEST}\"\n");
    let expected = delivered().replace(version, "").replace(&digest, &format!("{digest}image.{version}"));
    ensure!(stage.spec("main")? == expected, "{}", stage.spec("main")?);
    Ok(())
}

/// The model does not fit here.
#[test]
fn what_check_refuses_is_not_pushed() -> anyhow::Result<()> {
    let mut stage = built()?;
    stage.commit("main", "services/chat/sglang.toml", &SPEC.replace("l40s", "t4"))?;
    let before = stage.head("main")?;
    let played = stage.play(&Workflow::read("delivery.yaml")?, "deliver", "main")?;
    ensure!(!played.passed && played.said.contains("SG101"), "{played:?}");
    ensure!(stage.head("main")? == before, "it pushed");
    Ok(())
}

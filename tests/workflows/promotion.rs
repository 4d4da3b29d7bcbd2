//! Each environment that lacks what the one before it has gets a pull request that really changes something.

use anyhow::ensure;

use crate::delivery::{SPEC, delivered};
use crate::stage::{DIGEST, Stage};
use crate::workflow::Workflow;

fn promote(stage: &mut Stage) -> anyhow::Result<Vec<String>> {
    let played = stage.play(&Workflow::read("promote.yaml")?, "promote", "main")?;
    ensure!(played.passed, "{}", played.said);
    stage.asked()
}

fn nothing(asked: &[String]) -> bool {
    asked.is_empty()
}

#[test]
fn an_image_goes_from_environment_to_environment() -> anyhow::Result<()> {
    let mut stage = Stage::new(SPEC)?;
    ensure!(nothing(&promote(&mut stage)?), "everybody has the same image");

    stage.commit("main", "services/chat/sglang.toml", &delivered())?;
    ensure!(promote(&mut stage)? == ["create promote/staging: Deploy to staging"]);
    let staging =
        delivered().replace("[env.staging]\n", &format!("[env.staging]\nimage.digest = \"{DIGEST}\"\n"));
    ensure!(stage.spec("promote/staging")? == staging, "{}", stage.spec("promote/staging")?);
    ensure!(stage.log("promote/staging")?[0] == "github-actions[bot]: staging: take the image of dev");
    let body = stage.kept("body.md")?;
    let start = "Takes the image of dev over to staging. In the cluster, this changes:\n\n";
    ensure!(body.starts_with(start) && body.contains(DIGEST) && body.contains("Deployment"), "{body}");
    ensure!(stage.branches()? == ["main", "promote/staging"]);

    // A second look changes nothing: no push, no word.
    let before = stage.head("promote/staging")?;
    ensure!(nothing(&promote(&mut stage)?));
    ensure!(stage.head("promote/staging")? == before, "it pushed the same again");

    stage.merge("promote/staging")?;
    ensure!(promote(&mut stage)? == ["create promote/prod: Deploy to prod"]);
    ensure!(stage.branches()? == ["main", "promote/prod"]);
    stage.merge("promote/prod")?;
    ensure!(nothing(&promote(&mut stage)?), "everybody has the same image");
    Ok(())
}

#[test]
fn a_pull_request_follows_what_is_newer() -> anyhow::Result<()> {
    let mut stage = Stage::new(SPEC)?;
    stage.commit("main", "services/chat/sglang.toml", &delivered())?;
    promote(&mut stage)?;
    let newer = DIGEST.replace('1', "2");
    stage.commit("main", "services/chat/sglang.toml", &delivered().replace(DIGEST, &newer))?;
    ensure!(promote(&mut stage)? == ["edit 7"]);
    let spec = stage.spec("promote/staging")?;
    ensure!(!spec.contains(DIGEST) && spec.matches(&newer).count() == 2, "{spec}");

    // Taken back before anybody merged: there is nothing to deploy any more.
    stage.commit("main", "services/chat/sglang.toml", SPEC)?;
    ensure!(promote(&mut stage)? == ["close 7: staging has what dev has."]);
    Ok(())
}

/// Anybody can open a pull request from a branch of this name; ours never lends it its words.
#[test]
fn a_forks_pull_request_is_left_alone() -> anyhow::Result<()> {
    let mut stage = Stage::new(SPEC)?;
    let stranger = r#"[{"number": 1, "headRefName": "promote/staging", "isCrossRepository": true}]"#;
    std::fs::write(stage.path("fake/pulls.json"), stranger)?;
    ensure!(nothing(&promote(&mut stage)?), "it closed a stranger's pull request");
    stage.commit("main", "services/chat/sglang.toml", &delivered())?;
    ensure!(promote(&mut stage)? == ["create promote/staging: Deploy to staging"]);
    Ok(())
}

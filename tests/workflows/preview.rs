//! What a pull request changes is a comment that follows it; what is wrong stands beside its line.

use anyhow::ensure;

use crate::delivery::{SPEC, delivered};
use crate::stage::{DIGEST, Played, Stage};
use crate::workflow::Workflow;

/// A pull request that makes the spec this one.
fn of(spec: &str) -> anyhow::Result<Stage> {
    let mut stage = Stage::new(SPEC)?;
    stage.commit("change", "services/chat/sglang.toml", spec)?;
    stage.expressions.insert("github.event.pull_request.head.repo.full_name".into(), "acme/chat".into());
    stage.expressions.insert("github.event.pull_request.number".into(), "5".into());
    Ok(stage)
}

fn preview(stage: &mut Stage) -> anyhow::Result<Played> {
    stage.play(&Workflow::read("preview.yaml")?, "preview", "change")
}

#[test]
fn a_comment_says_what_changes_and_follows() -> anyhow::Result<()> {
    let mut stage = of(&delivered())?;
    let played = preview(&mut stage)?;
    ensure!(played.passed, "{}", played.said);
    ensure!(stage.asked()? == ["POST repos/acme/chat/issues/5/comments"]);
    let comment = stage.kept("comment.md")?;
    ensure!(comment.starts_with("<!-- cmp-host preview -->\n") && comment.contains(DIGEST), "{comment}");

    stage.commit("change", "README.md", "nothing that a cluster sees\n")?;
    ensure!(preview(&mut stage)?.passed);
    ensure!(stage.asked()? == ["PATCH repos/acme/chat/issues/comments/42"]);
    ensure!(!stage.kept("comment.md")?.contains(DIGEST), "{}", stage.kept("comment.md")?);
    Ok(())
}

/// The token of a fork's pull request may not write.
#[test]
fn a_fork_gets_a_summary_alone() -> anyhow::Result<()> {
    let mut stage = of(&delivered())?;
    stage.expressions.insert("github.event.pull_request.head.repo.full_name".into(), "stranger/chat".into());
    ensure!(preview(&mut stage)?.passed);
    ensure!(stage.asked()?.is_empty(), "it commented");
    ensure!(std::fs::read_to_string(stage.path("summary"))?.contains(DIGEST));
    Ok(())
}

/// A line feed in what a stranger writes would begin a command of its own.
#[test]
fn problems_stand_beside_their_lines() -> anyhow::Result<()> {
    let spec = SPEC.replace(
        "product = \"l40s\"",
        "product = \"l40s\"\n\"::warning::x\\n::error::100%\" = 1\ncount = \"two\"",
    );
    let mut stage = of(&spec)?;
    let played = preview(&mut stage)?;
    ensure!(!played.passed, "{}", played.said);
    ensure!(stage.asked()?.is_empty(), "it commented");
    let commands: Vec<&str> = played.said.lines().filter(|it| it.starts_with("::")).collect();
    ensure!(commands.len() == 2, "{commands:#?}");
    let place = "file=services/chat/sglang.toml,line=";
    ensure!(commands[0].starts_with(&format!("::error title=SG011,{place}15,col=1::")), "{commands:#?}");
    ensure!(commands[1].starts_with(&format!("::error title=SG012,{place}16,col=9::")), "{commands:#?}");
    Ok(())
}

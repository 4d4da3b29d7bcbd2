//! The two ends of a dispatch: what one sends the other takes, and nothing else.

use anyhow::ensure;
use serde_json::{Value, json};

use crate::delivery::{SPEC, delivered};
use crate::stage::{COMMIT, DIGEST, Stage};
use crate::workflow::Workflow;

/// A runner that was sent this.
fn sent(payload: &Value) -> anyhow::Result<Stage> {
    let mut stage = Stage::new(SPEC)?;
    for name in ["digest", "repository", "commit"] {
        let value = payload[name].as_str().unwrap_or_default();
        stage.expressions.insert(format!("github.event.client_payload.{name}"), value.to_owned());
    }
    Ok(stage)
}

#[test]
fn what_is_dispatched_is_delivered() -> anyhow::Result<()> {
    let mut application = Stage::new(SPEC)?;
    application.expressions.insert("needs.build.outputs.digest".into(), DIGEST.into());
    let played = application.play(&Workflow::read("split/dispatch.yaml")?, "dispatch", "main")?;
    ensure!(played.passed, "{}", played.said);
    ensure!(application.asked()? == ["POST repos/your-org/sglang-gitops/dispatches"]);
    let dispatched: Value = serde_json::from_str(&application.kept("dispatched.json")?)?;
    let payload = json!({"digest": DIGEST, "repository": "acme/chat", "commit": COMMIT});
    ensure!(dispatched == json!({"event_type": "image-built", "client_payload": payload}), "{dispatched}");

    let workflow = Workflow::read("split/receive.yaml")?;
    let mut stage = sent(&dispatched["client_payload"])?;
    let played = stage.play(&workflow, "deliver", "main")?;
    ensure!(played.passed, "{}", played.said);
    ensure!(stage.spec("main")? == delivered(), "{}", stage.spec("main")?);
    let message = format!(
        "github-actions[bot]: dev: take the image of acme/chat\n\n\
         Image: registry.example.com/team/sglang@{DIGEST}\nBuilt-from: acme/chat@{COMMIT}"
    );
    ensure!(stage.log("main")? == [message], "{:?}", stage.log("main")?);

    let played = stage.play(&workflow, "deliver", "main")?;
    ensure!(played.passed && stage.log("main")?.len() == 1, "{played:?}");
    Ok(())
}

#[test]
fn a_payload_of_another_form_changes_nothing() -> anyhow::Result<()> {
    let workflow = Workflow::read("split/receive.yaml")?;
    let good = json!({"digest": DIGEST, "repository": "acme/chat", "commit": COMMIT});
    let mut stage = sent(&good)?;
    let (before, fine) = (stage.head("main")?, stage.expressions.clone());
    let newline = format!("{DIGEST}\nsource=evil");
    let hostile = [
        ("digest", "x; rm -rf /"),
        ("digest", "$(touch owned)"),
        ("digest", "--tag"),
        ("digest", ""),
        ("digest", &newline),
        ("digest", "latest"),
        ("repository", "acme/chat; id"),
        ("repository", "acme/chat\nImage: evil"),
        ("repository", "acme"),
        ("commit", "HEAD~1"),
        ("commit", "`id`"),
    ];
    for (name, value) in hostile {
        stage.expressions = fine.clone();
        stage.expressions.insert(format!("github.event.client_payload.{name}"), value.to_owned());
        let played = stage.play(&workflow, "deliver", "main")?;
        let expected = format!("::error::the payload's {name} is not what dispatch.yaml sends\n");
        ensure!(!played.passed && played.said == expected, "{name} {value:?}: {played:?}");
        ensure!(stage.head("main")? == before, "{name} {value:?} changed something");
    }
    Ok(())
}

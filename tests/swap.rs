//! One line of the operator's file swaps the guest of one team, and of nobody else.

mod support {
    pub(crate) mod binary;
    pub(crate) mod examples;
    pub(crate) mod project;
    pub(crate) mod repository;
    pub(crate) mod wat_guest;
}

use anyhow::ensure;
use support::binary;
use support::examples;
use support::repository::Repository;
use support::wat_guest::WatGuest;

const CONFIG: &str = "# Who runs what.
[guest.vision]
path = \"guests/vision-1.wasm\"
spec = \"vision.toml\"

[guest.speech]
path = \"guests/speech-1.wasm\"
";

#[test]
fn one_line_swaps_the_guest_of_one_team() -> anyhow::Result<()> {
    let repository = Repository::of("guest = \"speech\"\n")?;
    for name in ["vision-1", "vision-2", "speech-1"] {
        repository.write(&format!("guests/{name}.wasm"), WatGuest::of(name).bytes()?)?;
    }
    repository.write("teams/vision/vision.toml", "model = \"eyes\"\n")?;
    examples::copy("llama-8b", &repository.path("teams/chat"))?;

    repository.write("cmp-host.toml", CONFIG)?;
    let before = outputs(&repository)?;
    let swapped = CONFIG.replace("vision-1", "vision-2");
    let n_changed = CONFIG.lines().zip(swapped.lines()).filter(|(one, other)| one != other).count();
    ensure!(n_changed == 1, "{n_changed} lines are changed");
    repository.write("cmp-host.toml", swapped)?;
    let after = outputs(&repository)?;

    let [vision, speech, chat] = before;
    let [new_vision, new_speech, new_chat] = after;
    ensure!(
        vision.contains("name: vision-1\n") && new_vision.contains("name: vision-2\n"),
        "{vision}{new_vision}"
    );
    ensure!(speech.contains("name: speech-1\n") && speech == new_speech, "{speech}{new_speech}");
    ensure!(chat.contains("kind: Deployment\n") && chat == new_chat, "{chat}{new_chat}");
    Ok(())
}

fn outputs(repository: &Repository) -> anyhow::Result<[String; 3]> {
    let output = |folder: &str, args: &[&str]| {
        let mut command = binary::command();
        command.args(["generate", folder, "--root", ".", "--config", "cmp-host.toml"]).args(args);
        let ran = binary::run(command.current_dir(repository.path("")))?;
        ensure!(ran.code == Some(0) && ran.stderr.is_empty(), "{folder}: {ran:?}");
        Ok(ran.stdout)
    };
    Ok([output("teams/vision", &[])?, output(".", &[])?, output("teams/chat", &["--env", "prod"])?])
}

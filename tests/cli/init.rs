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

/// Nobody else finds a spec there, and `check` sends people here.
#[test]
fn a_link_to_nothing_is_called_one() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    std::os::unix::fs::symlink("nothing.toml", repository.path("sglang.toml"))?;
    let ran = init(&repository, &["--model", "meta-llama/Llama-3.1-8B-Instruct"])?;
    ensure!(
        ran.code == Some(1) && ran.stderr.contains(" is a link to a file that is not there\n"),
        "{ran:?}"
    );
    Ok(())
}

#[test]
fn the_next_steps_can_be_copied() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    let answers = ["--name", "chat", "--model", "meta-llama/Llama-3.1-8B-Instruct", "--gpu", "l40s"];
    for (verb, next) in [
        (&["init", "with a blank"][..], "\n  cmp-host check 'with a blank'\n"),
        (&["guest", "new", "it's new", "--language", "rust"], "cd 'it'\\''s new'\n"),
    ] {
        let answers: &[&str] = if verb[0] == "init" { &answers } else { &[] };
        let mut command = binary::command();
        let ran = binary::run(command.args(verb).args(answers).current_dir(repository.path("")))?;
        let said = [&*ran.stdout, &ran.stderr].concat();
        ensure!(ran.code == Some(0) && said.contains(next), "{next}{ran:?}");
    }
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

/// SGLang's image for NVIDIA would find no device.
#[test]
fn an_accelerator_of_amd_gets_an_image_for_it() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    let ran = init(&repository, &["--model", "acme/acme-20b", "--weights-gib", "40", "--gpu", "mi300x"])?;
    ensure!(ran.code == Some(0), "{ran:?}");
    let text = std::fs::read_to_string(repository.path("sglang.toml"))?;
    ensure!(text.matches("image.tag = \"v0.5.23-rocm700-mi30x\"\n").count() == 3, "{text}");
    Ok(())
}

const WORKFLOWS: [&str; 3] = ["delivery.yaml", "preview.yaml", "promote.yaml"];

/// In a repository, the workflows stand at its root, wherever the spec is.
#[test]
fn workflows_know_their_spec() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    std::fs::create_dir(repository.path(".git"))?;
    repository.write(
        "services/chat/sglang.toml",
        "schema = 1\nname = \"chat\"\n[model]\nid = \"meta-llama/Llama-3.1-8B-Instruct\"\n[image]\nrepo = \"ghcr.io/acme/sglang\"\n\
         tag = \"v0.5.23\"\n[gpu]\nproduct = \"l40s\"\n[env.test]\n[env.live]\n",
    )?;
    let mut command = binary::command();
    let ran = binary::run(command.args(["init", "--ci", "github"]).arg(repository.path("services/chat")))?;
    ensure!(ran.code == Some(0) && ran.stdout.is_empty(), "{ran:?}");
    let mut set = Vec::new();
    for name in WORKFLOWS {
        let path = repository.path(".github/workflows").join(name);
        ensure!(
            ran.stderr.contains(&format!("wrote {}\n", path.canonicalize()?.display())),
            "{}",
            ran.stderr
        );
        let text = std::fs::read_to_string(path)?;
        let lines = text.lines().filter(|it| it.starts_with("  ") && it.contains(": \""));
        set.extend(lines.filter(|it| !it.starts_with("   ")).map(|it| format!("{name}:{it}")));
    }
    let expected = [
        "delivery.yaml:  SPEC: \"services/chat\"",
        "delivery.yaml:  IMAGE: \"ghcr.io/acme/sglang\"",
        "delivery.yaml:  REGISTRY: \"ghcr.io\"",
        "delivery.yaml:  VERSION: \"0.5.23\"",
        "delivery.yaml:  FIRST: \"test\"",
        "promote.yaml:  SPEC: \"services/chat\"",
        "promote.yaml:  PROMOTIONS: \"test:live\"",
    ];
    ensure!(set == expected, "{set:#?}");
    Ok(())
}

#[test]
fn workflows_that_are_there_stay() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    repository.write(".github/workflows/preview.yaml", "# mine\n")?;
    let ran = init(
        &repository,
        &["--ci", "github", "--model", "meta-llama/Llama-3.1-8B-Instruct", "--gpu", "l40s"],
    )?;
    ensure!(ran.code == Some(1) && ran.stderr.starts_with("SG008 "), "{ran:?}");
    ensure!(!repository.path("sglang.toml").exists(), "it wrote a spec");
    ensure!(!repository.path(".github/workflows/delivery.yaml").exists(), "it wrote a workflow");
    ensure!(ran.stderr.contains("= help: leave `--ci` out to write the spec alone;"), "{ran:?}");
    let of_a_spec = init(&repository, &["--ci", "github"])?;
    ensure!(of_a_spec.stderr.contains("= help: edit it, or move it away first;"), "{of_a_spec:?}");
    Ok(())
}

#[test]
fn a_spec_and_its_workflows_come_in_one_go() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    let ran = init(
        &repository,
        &["--ci", "github", "--model", "meta-llama/Llama-3.1-8B-Instruct", "--gpu", "l40s"],
    )?;
    ensure!(ran.code == Some(0), "{ran:?}");
    let promote = std::fs::read_to_string(repository.path(".github/workflows/promote.yaml"))?;
    ensure!(
        promote.contains("\n  SPEC: \".\"\n") && promote.contains("\"dev:staging staging:prod\""),
        "{promote}"
    );
    Ok(())
}

/// What delivery.yaml runs, with the `env:` that stands at its top.
#[test]
fn the_first_delivery_takes_a_digest() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    let answers = ["--model", "openai/gpt-oss-20b", "--gpu", "h100-sxm-80gb", "--env", "dev"];
    let ran = init(&repository, &[&["--ci", "github"][..], &answers].concat())?;
    ensure!(ran.code == Some(0), "{ran:?}");
    let delivery = std::fs::read_to_string(repository.path(".github/workflows/delivery.yaml"))?;
    ensure!(delivery.contains("\n  VERSION: \"0.5.23\"\n"), "{delivery}");
    ensure!(delivery.contains("--image \"$IMAGE@$DIGEST\" --version \"$VERSION\"\n"), "{delivery}");
    let secrets = delivery.split("secrets.").skip(1).filter_map(|it| it.split([' ', '}']).next());
    for secret in secrets {
        ensure!(ran.stderr.contains(secret), "it does not name {secret}: {}", ran.stderr);
    }
    let image = format!("registry.example.com/team/sglang@sha256:{}", "a".repeat(64));
    let mut command = binary::command();
    command.args(["image", "set"]).arg(repository.path(""));
    let ran = binary::run(command.args(["--env", "dev", "--image", &image, "--version", "0.5.23"]))?;
    ensure!(ran.code == Some(0) && ran.stdout.contains("\n+image.version = \"0.5.23\"\n"), "{ran:?}");
    Ok(())
}

#[test]
fn workflows_do_not_leave_the_repository_by_a_link() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    repository.write(".git/HEAD", "ref: refs/heads/main\n")?;
    repository.write("elsewhere/file", "")?;
    std::os::unix::fs::symlink("elsewhere", repository.path(".github"))?;
    let ran = init(
        &repository,
        &["--ci", "github", "--model", "meta-llama/Llama-3.1-8B-Instruct", "--gpu", "l40s"],
    )?;
    ensure!(ran.code == Some(2) && ran.stderr.contains(".github` is a link"), "{ran:?}");
    ensure!(!repository.path("elsewhere/workflows").exists(), "{ran:?}");
    Ok(())
}

#[test]
fn workflows_need_a_spec_with_environments() -> anyhow::Result<()> {
    let spec = "schema = 1\nname = \"chat\"\n[model]\nid = \"meta-llama/Llama-3.1-8B-Instruct\"\n[image]\ntag = \"v0.5.23\"\n[gpu]\nproduct = \"l40s\"\n";
    for (repository, expected) in [(Repository::empty()?, "SG001 "), (Repository::of(spec)?, "SG030 ")] {
        let ran = init(&repository, &["--ci", "github"])?;
        ensure!(ran.code == Some(1) && ran.stderr.starts_with(expected), "{expected}: {ran:?}");
        ensure!(!repository.path(".github").exists(), "it wrote workflows");
    }
    Ok(())
}

//! Guests by name: who chooses, who may, and what the operator pinned.

use anyhow::{Context, ensure};

use crate::doctor::sha256;
use crate::support::binary::{self, Ran};
use crate::support::examples;
use crate::support::repository::Repository;
use crate::support::wat_guest::WatGuest;

const CONFIG: &str = "cmp-host.toml";
/// Two guests; the second reads a file of its own.
const GUESTS: &str = "[guest.one]
path = \"one.wasm\"
projects = [\"team-*\"]
[guest.two]
path = \"two.wasm\"
spec = \"two.toml\"
applications = [\"*-prod\", \"two\"]
";

#[test]
fn the_parameter_comes_before_the_key_and_the_key_before_the_files_name() -> anyhow::Result<()> {
    let chosen_by = |spec: &str, text: &str, args: &[&str], variables: &[(&str, &str)]| {
        let repository = repository(GUESTS)?;
        repository.write(spec, text)?;
        let ran = generate(&repository, args, variables)?;
        ensure!(ran.code == Some(0), "{ran:?}");
        let name = ran.stdout.lines().find_map(|it| it.trim().strip_prefix("name: ")).map(str::to_owned);
        name.context("the ConfigMap of a guest has its name")
    };
    let argo = r#"[{"name":"guest","string":"one"}]"#;
    for (spec, text, args, variables, expected) in [
        ("sglang.toml", "guest = \"one\"\n", &[][..], &[][..], "one"),
        ("sglang.toml", "guest = \"two\"\n", &[], &[], "two"),
        ("sglang.toml", "guest = \"two\"\n", &["--param", "guest=one"], &[], "one"),
        ("two.toml", "", &[], &[], "two"),
        ("two.toml", "guest = \"one\"\n", &[], &[], "one"),
        ("two.toml", "guest = \"one\"\n", &["--param", "guest=two"], &[], "two"),
        ("sglang.toml", "", &[], &[("ARGOCD_APP_PARAMETERS", argo)], "one"),
        ("sglang.toml", "", &[], &[("ARGOCD_ENV_GUEST", "one")], "one"),
        ("sglang.toml", "", &["--param", "guest=one"], &[("ARGOCD_ENV_GUEST", "two")], "one"),
    ] {
        let chosen = chosen_by(spec, text, args, variables)?;
        ensure!(chosen == expected, "{spec} {text:?} {args:?} {variables:?}: {chosen}");
    }
    Ok(())
}

#[test]
fn without_a_word_it_is_the_default_guest() -> anyhow::Result<()> {
    let repository = repository(GUESTS)?;
    examples::copy("llama-8b", &repository.path(""))?;
    let with = generate(&repository, &["--env", "prod"], &[])?;
    let named = generate(&repository, &["--env", "prod", "--param", "guest=default"], &[])?;
    let mut command = binary::command();
    let without = binary::run(
        command.args(["generate", ".", "--root", ".", "--env", "prod"]).current_dir(repository.path("")),
    )?;
    ensure!(with.code == Some(0) && with.stdout == named.stdout && with.stdout == without.stdout, "{with:?}");
    Ok(())
}

#[test]
fn what_cannot_be_chosen_is_refused() -> anyhow::Result<()> {
    let repository = |files: &[(&str, &str)]| {
        let repository = repository(GUESTS)?;
        files.iter().try_for_each(|(path, text)| repository.write(path, text))?;
        anyhow::Ok(repository)
    };
    let tone = &["--param", "guest=tone"][..];
    let two = &["--param", "guest=two"][..];
    for (files, args, expected) in [
        (
            &[("sglang.toml", "x = 1\nguest = \"oen\"\n")][..],
            &[][..],
            "sglang.toml:2:9: SG032 there is no guest `oen`",
        ),
        (&[("sglang.toml", "guest = 1\n")], &[], "sglang.toml:1:9: SG032 `guest` is of the type integer"),
        (&[("sglang.toml", "")], tone, "SG032 there is no guest `tone`"),
        (&[("sglang.toml", "limits = 1\n")], &[], "sglang.toml:1:10: SG031 `limits` is of the type integer"),
        (&[("sglang.toml", "limits.feul = 1\n")], &[], "sglang.toml:1:8: SG031 there is no limit `feul`"),
        (&[("sglang.toml", ""), ("two.toml", "")], &[], "SG034 `sglang.toml` and `two.toml` are both specs"),
        (&[("sglang.toml", "")], two, "SG001 there is no two.toml in this folder"),
        (&[], &[], "SG001 there is no sglang.toml or two.toml in this folder"),
    ] {
        let ran = generate(&repository(files)?, args, &[])?;
        refused(&ran, 1, expected).with_context(|| format!("{files:?} {args:?}"))?;
    }
    let same = "[guest.a]\npath = \"one.wasm\"\nspec = \"a.toml\"\n[guest.b]\npath = \"two.wasm\"\nspec = \"a.toml\"\n";
    let same = self::repository(same)?;
    same.write("a.toml", "")?;
    refused(&generate(&same, &[], &[])?, 1, "SG034 `a.toml` may be a spec of the guests `a` and `b`")
}

#[test]
fn the_operator_says_who_may_use_a_guest() -> anyhow::Result<()> {
    let asked = |guest: &str, project: &str, application: &str| {
        let repository = repository(GUESTS)?;
        repository.write("sglang.toml", format!("guest = \"{guest}\"\n"))?;
        generate(&repository, &[], &[("ARGOCD_APP_PROJECT_NAME", project), ("ARGOCD_APP_NAME", application)])
    };
    for (guest, project, application) in
        [("one", "team-a", "any"), ("two", "any", "chat-prod"), ("two", "any", "two")]
    {
        let ran = asked(guest, project, application)?;
        ensure!(ran.code == Some(0), "{guest} {project} {application}: {ran:?}");
    }
    for (guest, project, application) in [
        ("one", "other", "any"),
        ("one", "a-team-", "any"),
        ("two", "any", "chat"),
        ("two", "two", "two-dev"),
    ] {
        let expected = format!(
            "sglang.toml:1:9: SG033 the guest `{guest}` is not for the Application `{application}` of the project `{project}`"
        );
        refused(&asked(guest, project, application)?, 1, &expected)?;
    }
    Ok(())
}

/// No file of a repository can pass for the operator's defaults, whoever asks for it.
#[test]
fn the_name_of_the_operators_file_is_taken() -> anyhow::Result<()> {
    let repository = repository("[guest.one]\npath = \"asking.wasm\"\n")?;
    let asking = WatGuest { input: Some(CONFIG), ..WatGuest::of("one") };
    repository.write("asking.wasm", asking.bytes()?)?;
    repository.write("sglang.toml", "guest = \"one\"\n")?;
    let ran = generate(&repository, &[], &[])?;
    refused(&ran, 1, "SG006 `cmp-host.toml` has the name of the operator's own file")
}

/// The digest is compared although the compiled code of the pinned file is in the cache.
#[test]
fn another_file_than_the_pinned_one_is_not_run() -> anyhow::Result<()> {
    let (pinned, other) = (WatGuest::of("one").bytes()?, WatGuest::of("other").bytes()?);
    let repository =
        repository(&format!("[guest.one]\npath = \"one.wasm\"\nsha256 = \"{}\"\n", sha256(&pinned)))?;
    repository.write("sglang.toml", "guest = \"one\"\n")?;
    let ran = generate(&repository, &[], &[])?;
    ensure!(ran.code == Some(0), "{ran:?}");
    repository.write("one.wasm", &other)?;
    let expected = format!(
        "cmp-host.toml:3:10: GUEST_DIGEST_MISMATCH the guest `one` has the digest {}; pinned is {}",
        sha256(&other),
        sha256(&pinned)
    );
    refused(&generate(&repository, &[], &[])?, 4, &expected)
}

fn refused(ran: &Ran, code: i32, start: &str) -> anyhow::Result<()> {
    ensure!(
        ran.code == Some(code) && ran.stdout.is_empty() && ran.stderr.starts_with(start),
        "{start}: {ran:?}"
    );
    ensure!(
        ran.stderr.contains("help: ") && !ran.stderr.lines().next().unwrap_or_default().ends_with("more)"),
        "{ran:?}"
    );
    Ok(())
}

/// Two guests, each of which gives a ConfigMap of its name.
fn repository(config: &str) -> anyhow::Result<Repository> {
    let repository = Repository::empty()?;
    repository.write(CONFIG, config)?;
    for name in ["one", "two"] {
        repository.write(&format!("{name}.wasm"), WatGuest::of(name).bytes()?)?;
    }
    Ok(repository)
}

fn generate(repository: &Repository, args: &[&str], variables: &[(&str, &str)]) -> anyhow::Result<Ran> {
    let mut command = binary::command();
    command.args(["generate", ".", "--root", ".", "--config", CONFIG]).args(args);
    command.envs(variables.iter().copied());
    binary::run(command.current_dir(repository.path("")))
}

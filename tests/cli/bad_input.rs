//! Bad input: one clear diagnostic, nothing on stdout, exit 1, and never a panic.

use std::os::unix::fs::symlink;

use anyhow::{Context, ensure};

use crate::support::binary;
use crate::support::repository::Repository;
use crate::support::spec::SPEC;

#[test]
fn a_good_spec_passes() -> anyhow::Result<()> {
    let ran = generate(&Repository::of(SPEC)?, &[])?;
    ensure!(ran.code == Some(0) && !ran.stdout.is_empty(), "{ran:?}");
    Ok(())
}

/// Without a repository, its folder is all that a spec can read of.
#[test]
fn a_root_that_nothing_tells_can_be_named() -> anyhow::Result<()> {
    let repository = Repository::empty()?;
    repository.write("base.toml", "")?;
    repository.write("chat/sglang.toml", format!("extends = \"../base.toml\"\n{SPEC}"))?;
    let advice = "it is taken for the whole repository; name that with `--root`\n";
    for verb in ["generate", "check"] {
        let run = |args: &[&str]| {
            let mut command = binary::command();
            binary::run(command.args([verb, "chat"]).args(args).current_dir(repository.path("")))
        };
        let (guessed, told, narrow) = (run(&[])?, run(&["--root", "."])?, run(&["--root", "chat"])?);
        ensure!(guessed.code == Some(1) && guessed.stderr.contains(advice), "{guessed:?}");
        ensure!(told.code == Some(0), "{told:?}");
        ensure!(narrow.code == Some(1) && !narrow.stderr.contains("--root"), "{narrow:?}");
    }
    Ok(())
}

#[test]
fn each_bad_spec_gets_one_clear_diagnostic() -> anyhow::Result<()> {
    let with = |line: &str| format!("{SPEC}{line}\n");
    let named = |name: &str| SPEC.replace("\"llama\"", name);
    let specs: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "SG"),
        ("not UTF-8", [SPEC.as_bytes(), b"# \xff\n"].concat(), "SG003"),
        ("1 MiB", with(&"# padding\n".repeat(1 << 17)).into_bytes(), "SG002"),
        ("not TOML", with("port = ").into_bytes(), "SG010"),
        (
            "nested too deep",
            with(&format!("x = {}{}", "[".repeat(5000), "]".repeat(5000))).into_bytes(),
            "SG",
        ),
        ("nested tables", with(&format!("{} = 1", ["a"; 5000].join("."))).into_bytes(), "SG"),
        ("a key twice", with("port = 1\nport = 2").into_bytes(), "SG010"),
        ("not a number", with("resources.cpu = nan").into_bytes(), "SG"),
        ("10^20", with("replicas = 100000000000000000000").into_bytes(), "SG"),
        ("a negative number", with("replicas = -1").into_bytes(), "SG"),
        ("a long name", named(&format!("\"{}\"", "a".repeat(41))).into_bytes(), "SG013"),
        ("a name with capitals", named("\"Llama\"").into_bytes(), "SG013"),
        ("a name that ends in a dash", named("\"llama-\"").into_bytes(), "SG013"),
        ("a newline in a name", named("\"a\\nb\"").into_bytes(), "SG013"),
        ("a document's end in a text", with("image.repo = \"a\\n---\\nkind: Pod\"").into_bytes(), "SG013"),
        ("an unknown key", with("replica = 2").into_bytes(), "SG011"),
        (
            "inherits in a circle",
            with("[env.a]\ninherits = \"b\"\n[env.b]\ninherits = \"a\"").into_bytes(),
            "SG",
        ),
        ("extends itself", with("extends = \"sglang.toml\"").into_bytes(), "SG"),
        ("extends what is outside", with("extends = \"../base.toml\"").into_bytes(), "SG"),
        ("extends an absolute path", with("extends = \"/etc/passwd\"").into_bytes(), "SG"),
        ("extends what is not there", with("extends = \"base.toml\"").into_bytes(), "SG004"),
    ];
    let mut wrong = Vec::new();
    for (what, spec, code) in specs {
        let args: &[&str] = if what.starts_with("inherits") { &["--env", "a"] } else { &[] };
        wrong.extend(refused(&Repository::of(spec)?, args, code).err().map(|it| format!("{what}: {it:#}")));
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    Ok(())
}

#[test]
fn links_do_not_lead_out() -> anyhow::Result<()> {
    let outside = Repository::of("schema = 1\n")?;
    let linked = Repository::of(format!("{SPEC}extends = \"base.toml\"\n"))?;
    symlink(outside.path("sglang.toml"), linked.path("base.toml"))?;
    refused(&linked, &[], "SG006").context("extends through a link")?;
    let spec = Repository::empty()?;
    symlink(outside.path("sglang.toml"), spec.path("sglang.toml"))?;
    refused(&spec, &[], "SG006").context("the spec is a link")
}

#[test]
fn what_is_missing_is_named() -> anyhow::Result<()> {
    refused(&Repository::empty()?, &[], "SG001").context("no spec")?;
    let spec = format!("{SPEC}[env.dev]\n[env.prod]\n");
    refused(&Repository::of(&spec)?, &["--env", "nowhere"], "SG").context("no such environment")?;
    refused(&Repository::of(&spec)?, &[], "SG").context("no environment chosen")?;
    refused(&Repository::of(SPEC)?, &["--param", "nothing=1"], "SG023").context("no such parameter")?;
    refused(&Repository::of(SPEC)?, &["--set", "nothing=1"], "SG011").context("no such key")
}

fn refused(repository: &Repository, args: &[&str], code: &str) -> anyhow::Result<()> {
    let ran = generate(repository, args)?;
    ensure!(ran.code == Some(1) && ran.stdout.is_empty(), "{ran:?}");
    let first = ran.stderr.lines().next().unwrap_or_default();
    ensure!(first.split(' ').any(|it| it.starts_with(code)), "{code} is not in {first:?}");
    ensure!(!first.ends_with("more)"), "more than one diagnostic:\n{}", ran.stderr);
    let says_what_to_write = ["help: ", "expected "].iter().any(|it| ran.stderr.contains(it));
    ensure!(says_what_to_write, "it does not say what to write instead:\n{}", ran.stderr);
    ensure!(ran.stderr.len() < 4096 && !ran.stderr.contains("panicked"), "{}", ran.stderr);
    Ok(())
}

fn generate(repository: &Repository, args: &[&str]) -> anyhow::Result<binary::Ran> {
    let mut command = binary::command();
    binary::run(command.args(["generate", ".", "--root", "."]).args(args).current_dir(repository.path("")))
}

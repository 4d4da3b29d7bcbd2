//! stdout carries what was asked for and nothing else, stderr the rest, and the exit code says which kind of end it was.

use std::fs;

use anyhow::ensure;
use serde_json::Value;

use crate::support::binary::{self, Ran};
use crate::support::project;
use crate::support::repository::Repository;

const EXAMPLE: &str = "examples/llama-8b";

fn ran(args: &[&str]) -> anyhow::Result<Ran> {
    binary::run(binary::command().args(args))
}

#[test]
fn exit_codes_tell_who_is_to_act() -> anyhow::Result<()> {
    let folder = Repository::empty()?;
    let folder = folder.path("");
    let folder = folder.to_str().unwrap_or_default();
    let expected: [(&[&str], i32); 12] = [
        (&["generate", EXAMPLE, "--env", "prod"], 0),
        (&["check", EXAMPLE], 0),
        (&["generate", EXAMPLE], 1),
        (&["generate", EXAMPLE, "--env", "nowhere"], 1),
        (&["generate", EXAMPLE, "--env", "prod", "--param", "nothing=1"], 1),
        (&["generate", folder], 1),
        (&["check", folder], 1),
        (&[], 2),
        (&["generat"], 2),
        (&["generate", EXAMPLE, "--param", "no-value"], 2),
        (&["inspect", "Makefile"], 3),
        (&["generate", EXAMPLE, "--env", "prod", "--output-dir", "/proc/nowhere"], 4),
    ];
    for (args, code) in expected {
        let ran = ran(args)?;
        ensure!(ran.code == Some(code), "{args:?}: {ran:?}");
        ensure!(
            code == 0 || ran.stdout.is_empty() || args[0] == "inspect",
            "{args:?} fails, and prints {}",
            ran.stdout
        );
        ensure!(code == 0 || !ran.stderr.is_empty(), "{args:?} fails without a word");
    }
    Ok(())
}

/// Argo CD shows one line, so the first one stands alone.
#[test]
fn the_first_line_of_a_failure_stands_alone() -> anyhow::Result<()> {
    let ran = ran(&["generate", EXAMPLE])?;
    let first = ran.stderr.lines().next().unwrap_or_default();
    for word in ["SG", "dev", "staging", "prod"] {
        ensure!(first.contains(word), "{word} does not stand in {first:?}");
    }
    ensure!(!ran.stderr.contains('\u{1b}'), "colour, and nobody at a terminal: {:?}", ran.stderr);
    Ok(())
}

/// As after `| head -1`. What has been done is done; an answer that nobody took is no success, and nobody's fault.
#[test]
fn a_reader_that_has_gone_is_left_in_peace() -> anyhow::Result<()> {
    let repository = Repository::of(fs::read(project::path(EXAMPLE).join("sglang.toml"))?)?;
    let expected: [(&[&str], i32); 4] = [
        (&["generate", "--env", "prod"], 141),
        (&["completions", "bash"], 141),
        (&["guest", "new", "new", "--language", "rust"], 0),
        (&["image", "set", "--env", "dev", "--tag", "v0.5.22"], 0),
    ];
    for (args, code) in expected {
        let (reader, writer) = std::io::pipe()?;
        drop(reader);
        let mut command = binary::command();
        let ran = command.args(args).current_dir(repository.path("")).stdout(writer).output()?;
        ensure!(ran.status.code() == Some(code) && ran.stderr.is_empty(), "{args:?}: {ran:?}");
    }
    ensure!(fs::read_to_string(repository.path("sglang.toml"))?.contains("\"v0.5.22\""));
    Ok(())
}

/// `-v` and a log in JSON change nothing on stdout.
#[test]
fn logs_go_to_stderr() -> anyhow::Result<()> {
    let quiet = ran(&["generate", EXAMPLE, "--env", "prod"])?;
    let loud = ran(&["-vv", "--log-format", "json", "generate", EXAMPLE, "--env", "prod"])?;
    ensure!(quiet.stdout == loud.stdout, "-vv changes stdout");
    let lines: Vec<Value> = loud.stderr.lines().filter_map(|it| serde_json::from_str(it).ok()).collect();
    ensure!(!lines.is_empty(), "there is no log: {}", loud.stderr);
    Ok(())
}

/// A folder gets one file for each manifest, and together they are what stdout would carry.
#[test]
fn an_output_folder_holds_the_same_documents() -> anyhow::Result<()> {
    let folder = Repository::empty()?;
    let printed = ran(&["generate", EXAMPLE, "--env", "prod"])?;
    let path = folder.path("out");
    let ran =
        ran(&["generate", EXAMPLE, "--env", "prod", "--output-dir", path.to_str().unwrap_or_default()])?;
    ensure!(ran.code == Some(0) && ran.stdout.is_empty(), "{ran:?}");
    let mut files = Vec::new();
    for entry in fs::read_dir(&path)? {
        files.push(fs::read_to_string(entry?.path())?);
    }
    let mut documents: Vec<&str> = printed.stdout.split("---\n").collect();
    documents.sort_unstable();
    files.sort_unstable();
    ensure!(documents == files, "{} documents on stdout, {} files", documents.len(), files.len());
    Ok(())
}

/// What lies there from before would be applied too; it stays, and is told.
#[test]
fn what_else_lies_in_an_output_folder_is_told() -> anyhow::Result<()> {
    let folder = Repository::empty()?;
    let path = folder.path("out");
    let out = path.to_str().unwrap_or_default();
    let generate =
        |format| ran(&["generate", EXAMPLE, "--env", "prod", "--output-dir", out, "--format", format]);
    let first = generate("yaml")?;
    ensure!(first.code == Some(0) && !first.stderr.contains("note:"), "{first:?}");
    let again = generate("yaml")?;
    ensure!(
        again.code == Some(0) && !again.stderr.contains("note:"),
        "its own files are no others: {again:?}"
    );
    fs::write(path.join("README.md"), "not applied")?;
    let files = fs::read_dir(&path)?.count();
    let other = generate("json")?;
    let note = format!(
        "note: `{out}` also holds `configmap-sglang-streaming-config.yaml` and {} more, which this run did not write",
        files - 2
    );
    ensure!(other.code == Some(0) && other.stdout.is_empty() && other.stderr.contains(&note), "{other:?}");
    ensure!(fs::read_dir(&path)?.count() == 2 * files - 1, "nothing is removed");
    Ok(())
}

/// Both formats carry the same documents in the same order; JSON has one on each line.
#[test]
fn json_has_a_document_on_each_line() -> anyhow::Result<()> {
    let yaml = ran(&["generate", EXAMPLE, "--env", "prod"])?;
    let json = ran(&["generate", EXAMPLE, "--env", "prod", "--format", "json"])?;
    let manifests = json.stdout.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
    let kinds: Vec<&str> = manifests.iter().filter_map(|it| it["kind"].as_str()).collect();
    let in_yaml: Vec<&str> = yaml.stdout.lines().filter_map(|it| it.strip_prefix("kind: ")).collect();
    ensure!(kinds == in_yaml, "{kinds:?} and {in_yaml:?}");
    Ok(())
}

/// What the sandbox promises: the default guest imports nothing.
#[test]
fn the_default_guest_imports_nothing() -> anyhow::Result<()> {
    let ran = ran(&["inspect", "default", "--format", "json"])?;
    let description: Value = serde_json::from_str(&ran.stdout)?;
    ensure!(description["imports"] == Value::Array(Vec::new()), "{description:#}");
    ensure!(description["exports"].as_array().is_some_and(|it| it.len() == 1), "{description:#}");
    Ok(())
}

/// A reader that has seen enough, such as `head`, is no reason to panic.
#[test]
fn a_closed_pipe_is_no_panic() -> anyhow::Result<()> {
    let (reader, writer) = std::io::pipe()?;
    drop(reader);
    let output = binary::command().args(["generate", EXAMPLE, "--env", "prod"]).stdout(writer).output()?;
    let stderr = String::from_utf8(output.stderr)?;
    ensure!(
        output.status.code().is_some_and(|it| it != 101) && !stderr.contains("panicked"),
        "{:?}: {stderr}",
        output.status
    );
    Ok(())
}

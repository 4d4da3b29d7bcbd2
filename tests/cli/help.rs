//! `--help` is the first page of the documentation, so it is complete.

use std::process::Command;

use anyhow::ensure;

use crate::support::binary;

const VERBS: &[&str] = &[
    "generate",
    "check",
    "diff",
    "environments",
    "explain",
    "schema",
    "parameters",
    "inspect",
    "guest",
    "image",
    "promote",
    "rollback",
    "limits",
    "init",
    "argocd",
    "doctor",
    "check-socket",
    "completions",
];
/// Verbs of verbs.
const NESTED: &[[&str; 2]] = &[
    ["argocd", "apps"],
    ["argocd", "config"],
    ["guest", "list"],
    ["guest", "add"],
    ["guest", "inspect"],
    ["guest", "compile"],
    ["guest", "test"],
    ["guest", "upgrade"],
    ["guest", "new"],
    ["image", "set"],
];

fn stdout(args: &[&str]) -> anyhow::Result<String> {
    let ran = binary::run(binary::command().args(args))?;
    ensure!(ran.code == Some(0) && ran.stderr.is_empty(), "{args:?}: {ran:?}");
    Ok(ran.stdout)
}

#[test]
fn the_overview_names_every_verb_and_exit_code() -> anyhow::Result<()> {
    let text = stdout(&["--help"])?;
    for verb in VERBS.iter().copied() {
        let line = text.lines().find(|it| it.split_whitespace().next() == Some(verb));
        ensure!(line.is_some_and(|it| it.split_whitespace().count() > 2), "{verb} is not explained:\n{text}");
    }
    for code in 0..=5 {
        ensure!(text.contains(&format!("\n  {code}  ")), "exit code {code} is not explained:\n{text}");
    }
    Ok(())
}

/// Each argument and flag has a sentence, beside it or on the next line.
#[test]
fn every_verb_explains_its_arguments() -> anyhow::Result<()> {
    let verbs = VERBS.iter().map(std::slice::from_ref).chain(NESTED.iter().map(<[&str; 2]>::as_slice));
    for verb in verbs {
        let text = stdout(&[verb, &["--help"]].concat())?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| is_argument(line)) {
            let beside = line.split_once("  ").map(|it| it.1);
            let below = lines.get(index + 1).copied();
            ensure!(
                beside.or(below).is_some_and(|it| !it.is_empty()),
                "{verb:?}: {line} is not explained:\n{text}"
            );
        }
    }
    Ok(())
}

/// `--root <DIR>`, `-v, --verbose...`, `[DIR]` or `<GUEST>`.
fn is_argument(line: &str) -> bool {
    let name = line.trim_start_matches('-').trim_start_matches(['[', '<']);
    name.len() < line.len()
        && !line.starts_with("- ")
        && !["default: ", "possible "].iter().any(|it| name.starts_with(it))
}

#[test]
fn shells_get_their_completions() -> anyhow::Result<()> {
    for (shell, word) in [("bash", "complete -F"), ("zsh", "#compdef"), ("fish", "complete -c cmp-host")] {
        ensure!(stdout(&["completions", shell])?.contains(word), "{shell}");
    }
    Ok(())
}

/// Bash is asked as it asks when somebody presses tab: the words so far, and the one that is being written.
#[test]
fn bash_completes_what_follows_a_verb() -> anyhow::Result<()> {
    let script = stdout(&["completions", "bash"])?;
    for (words, expected) in [
        (&["gen"][..], "generate"),
        (&["generate", "--out"], "--output-dir"),
        (&["check-socket", "--sock"], "--sockets"),
        (&["guest", "upg"], "upgrade"),
        (&["guest", "upgrade", "--pl"], "--plan"),
        (&["diff", "--format", "mark"], "markdown"),
    ] {
        let proposed = completions(&script, words)?;
        ensure!(proposed.split_whitespace().eq([expected]), "{words:?}: {proposed}");
    }
    Ok(())
}

fn completions(script: &str, words: &[&str]) -> anyhow::Result<String> {
    let last = words.len();
    let ask = format!(
        "{script}\nCOMP_WORDS=(cmp-host \"$@\"); COMP_CWORD={last}; asked=$(complete -p cmp-host); asked=${{asked#*-F }}\n\
         \"${{asked%% *}}\" cmp-host \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; echo \"${{COMPREPLY[@]}}\""
    );
    let output = Command::new("bash").args(["--norc", "-c", &ask, "bash"]).args(words).output()?;
    ensure!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    Ok(String::from_utf8(output.stdout)?)
}

/// A wrong word is answered with the right one.
#[test]
fn wrong_usage_names_what_was_meant() -> anyhow::Result<()> {
    for (args, meant) in [(["generat", "."], "generate"), (["generate", "--enviroment=prod"], "--env")] {
        let ran = binary::run(binary::command().args(args))?;
        ensure!(ran.code == Some(2) && ran.stdout.is_empty() && ran.stderr.contains(meant), "{ran:?}");
    }
    Ok(())
}

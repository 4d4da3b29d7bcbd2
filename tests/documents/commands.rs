//! A command that a page shows is one that the program takes: verbs and flags have the names that they have there.

use anyhow::ensure;
use clap::Parser;
use clap::error::ErrorKind;
use cmp_host::cli::Cli;

use crate::page;
use crate::words;

#[test]
fn every_command_of_a_block_is_taken() -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    let mut n_commands = 0;
    for page in page::all()? {
        for block in page.blocks.iter().filter(|it| it.language == "sh") {
            for command in words::commands(&block.text, "cmp-host") {
                n_commands += 1;
                if let Err(error) = Cli::try_parse_from(&command) {
                    wrong.push(format!("{}:{}: {command:?}: {error}", page.path.display(), block.line));
                }
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    ensure!(n_commands > 40, "only {n_commands} commands were looked at");
    Ok(())
}

/// In a sentence, a command may be named without all that it needs; its words must be right all the same.
#[test]
fn every_command_of_a_sentence_is_one() -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for page in page::all()? {
        // A command may go on in the next line.
        let prose: String = page.prose.iter().map(|(_, it)| it.clone() + "\n").collect();
        let spans = prose.split("\n\n").flat_map(|it| it.split('`').skip(1).step_by(2));
        for span in spans.filter(|it| it.starts_with("cmp-host ")) {
            let named = span.replace('\n', " ");
            for command in words::commands(&named, "cmp-host") {
                if !is_named(&command) {
                    wrong.push(format!("{}: `{named}`", page.path.display()));
                }
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// `VERB` stands for any.
fn is_named(command: &[String]) -> bool {
    let incomplete = [
        ErrorKind::MissingRequiredArgument,
        ErrorKind::MissingSubcommand,
        ErrorKind::DisplayHelp,
        ErrorKind::DisplayVersion,
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
        ErrorKind::InvalidValue,
    ];
    command.iter().any(|it| it == "VERB")
        || Cli::try_parse_from(command).err().is_none_or(|it| incomplete.contains(&it.kind()))
}

#[test]
fn another_name_is_found() -> anyhow::Result<()> {
    for (command, expected) in [
        ("cmp-host check a", true),
        ("cmp-host chek a", false),
        ("cmp-host generate --environment dev", false),
    ] {
        let command = words::commands(command, "cmp-host").remove(0);
        ensure!(is_named(&command) == expected, "{command:?}");
    }
    Ok(())
}

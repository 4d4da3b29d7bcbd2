//! `docs/lints.md`, as it follows from the lints.

use std::fmt::Write as _;

use super::starting::{RULES, Rule};
use super::{LINTS, Lint};
use crate::catalog::flags::measured;
use crate::contract::Severity;

/// What is found while values are derived: a code, and when.
const DERIVED: &[(&str, &str)] = &[
    ("SG106", "the catalog does not know the model, and no `weights-gib` or `like` is given"),
    ("SG108", "the catalog does not know the accelerator, and no `memory-gib` is given"),
    ("SG109", "the catalog knows no value of the chosen node label for the accelerator"),
    (
        "SG202",
        "a flag that the image's SGLang does not have or calls deprecated, or a value that the flag does not take; the help line names what SGLang has in its place",
    ),
    (
        "SG203",
        "an abbreviated flag: argparse takes it until the next release has a second one that begins alike",
    ),
    ("SG207", "nothing tells the SGLang version inside of the image"),
    (
        "SG208",
        "a release that is not known to read `--config` (an error), or that is newer than the flag table (a warning)",
    ),
    (
        "SG209",
        "a flag or a variable that a key of the spec decides, or a flag that would break what is built around the server",
    ),
];

/// Mistakes that cannot be made here, and why.
const IMPOSSIBLE: &[(u16, &str, &str)] = &[
    (204, "a flag that `--config` refuses", "it is put onto the command line"),
    (306, "a claim in an earlier wave than its first consumer", "a claim takes its consumer's wave"),
    (307, "a StatefulSet that starts its pods one after the other", "a replica is one pod of a Deployment"),
    (308, "a group that waits for its leader", "there are no groups of pods yet"),
    (309, "a prefetch Job in a zone without accelerators", "the Job has the node labels of the servers"),
    (406, "several nodes without a NetworkPolicy", "a replica is one pod on one node"),
    (504, "an autoscaler that looks at CPU or memory", "no autoscaler is made yet"),
    (505, "no replica at all, and nothing that queues", "no autoscaler is made yet"),
    (506, "sums that count a priority twice", "no autoscaler is made yet; alert rules are the guest's own"),
    (601, "`external-secrets.io/v1beta1`", "it is always `v1`"),
];

fn page() -> String {
    let mut text = String::from(
        "<!-- Made from guest/src/check by `BLESS=1 cargo test -p cmp-guest --lib`; change it there. -->\n\n\
         # Lints\n\n\
         What no schema catches: rules about values that are well formed and wrong. An error leaves no manifests; a warning \
         does. Each example is a spec's own lines over a right spec: the first is tested to be found, and the second to be right.\n\n",
    );
    let rows = LINTS.iter().map(|it| {
        format!("| [{}](#{}) | {} | {} |\n", it.code, it.code.to_lowercase(), severity(it.severity), it.title)
    });
    text.extend(["| Code | Severity | What |\n|---|---|---|\n".to_owned()].into_iter().chain(rows));
    for it in LINTS {
        let Lint { code, title, why, instead, example, quiet, .. } = it;
        write!(text, "\n## {code}\n\n**{}** ({}).\n\n{why}\n\n", capital(title), severity(it.severity))
            .unwrap();
        write!(
            text,
            "```toml\n{example}\n```\n\nInstead: {instead}. This is right:\n\n```toml\n{quiet}\n```\n"
        )
        .unwrap();
        if *code == "SG115" {
            text.push_str(&exclusions());
        }
    }
    text.push_str(DERIVED_INTRODUCTION);
    DERIVED.iter().for_each(|(code, when)| writeln!(text, "| {code} | {when} |").unwrap());
    text.push_str(IMPOSSIBLE_INTRODUCTION);
    IMPOSSIBLE.iter().for_each(|(code, what, why)| writeln!(text, "| SG{code} | {what} | {why} |").unwrap());
    text
}

/// The rules of SG115. The first flag is the one that a team is likeliest to have written.
fn exclusions() -> String {
    let mut text = String::from(
        "\n| Flags | Why SGLang does not start | Checked by, of the measured releases |\n|---|---|---|\n",
    );
    for Rule { flags, why, releases, .. } in RULES {
        let flags = flags.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
        let releases = measured(*releases).map(|it| it.to_string()).collect::<Vec<_>>().join(", ");
        writeln!(text, "| {flags} | {why} | {releases} |").unwrap();
    }
    text
}

const DERIVED_INTRODUCTION: &str = "\n# Found while values are derived\n\n\
    The flags of five releases of SGLang were measured: 0.4.6, 0.5.5, 0.5.9, 0.5.15 and 0.5.23. For a release between two of \
    them a flag is certain only if both agree, else there is a warning; a newer release is taken for the last one, and what \
    it does not have is a warning too.\n\n| Code | When |\n|---|---|\n";

const IMPOSSIBLE_INTRODUCTION: &str = "\n# Mistakes that cannot be made\n\n\
    They have a code, so that nobody gives it to something else, and no check: what is built here cannot have them. `patch` \
    can bring some of them back; it is the last resort, and only SG305, SG404 and SG408 look into it.\n\n\
    | Code | Mistake | Why not |\n|---|---|---|\n";

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|it| it.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_lints_are_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/lints.md");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(found == page(), "docs/lints.md is stale: run `BLESS=1 cargo test -p cmp-guest --lib`");
    }
}

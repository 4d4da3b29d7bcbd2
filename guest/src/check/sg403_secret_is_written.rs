//! SG403: a secret in a file that everybody who reads the repository can read.

use super::Lint;
use crate::contract::{Problem, Severity};
use crate::credential;
use crate::derive::Plan;
use crate::problem::dotted;
use crate::tree::{Node, Value};

pub(super) const LINT: Lint = Lint {
    code: "SG403",
    title: "a secret stands in the spec",
    severity: Severity::Error,
    why: "What is committed is read by everybody who reads the repository, now and in its history, and by everybody who may \
          look at a pod. A token that was committed is to be revoked, not only deleted.",
    instead: "a key of a Secret: `{ secret = \"…\", key = \"…\" }`, or `secrets.hf-token` for the Hub's",
    example: "[vars]\nOPENAI_API_KEY = \"correct-horse-battery\"",
    quiet: "[vars]\nOPENAI_API_KEY = { secret = \"openai\", key = \"api-key\" }",
};

/// Keys of `[secrets]` that take the name of a key.
const NAMES: [&str; 4] = ["admin-key", "api-key", "hf-token", "registry"];
/// Last words of names whose values are secrets.
const SECRET_WORDS: &[&str] =
    &["APIKEY", "CREDENTIALS", "KEY", "PASSPHRASE", "PASSWD", "PASSWORD", "SECRET", "TOKEN"];
/// Shorter values are settings rather than secrets.
const LEAST_SECRET: usize = 8;

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    tokens(plan.keys.0, &mut Vec::new(), problems);
    named(plan.keys.0.get("vars"), "vars", problems);
    for (name, sidecar) in plan.keys.0.get("sidecar").and_then(Node::table).into_iter().flatten() {
        named(sidecar.get("env"), &format!("sidecar.{name}.env"), problems);
    }
    named(plan.keys.0.get("flags"), "flags", problems);
    keys(plan.keys.0.get("secrets"), problems);
}

/// Looks for the Hub's tokens in all of the spec.
fn tokens<'a>(node: &'a Node, path: &mut Vec<&'a str>, problems: &mut Vec<Problem>) {
    match &node.value {
        Value::Table(table) => {
            for (name, node) in table {
                path.push(name);
                tokens(node, path, problems);
                path.pop();
            }
        }
        Value::Array(items) => items.iter().for_each(|it| tokens(it, path, problems)),
        Value::Text(text) | Value::Untyped(text) if holds_token(text) => {
            let message = format!("`{}` holds a token of the Hugging Face Hub", dotted(path));
            let help = "revoke it; then write `hf-token = \"…\"` in `[secrets]`, which names the key of a Secret or of a store";
            problems.push(LINT.problem(message).at(node.place()).secret().help(help));
        }
        _ => {}
    }
}

/// What the Hub's tokens begin with.
const HUB: &str = "hf_";
/// They have 34 letters and digits behind it; other ones may have other numbers.
const LEAST_HUB: usize = 30;

/// Whether a token of the Hub stands anywhere in a text.
fn holds_token(text: &str) -> bool {
    let ends = text.match_indices(HUB).map(|(at, _)| &text[at + HUB.len()..]);
    ends.map(|it| it.chars().take_while(char::is_ascii_alphanumeric).count()).any(|it| it >= LEAST_HUB)
}

fn is_key(text: &str) -> bool {
    credential::keys(text).next().is_some()
}

/// Looks for keys themselves where `[secrets]` takes their names.
fn keys(table: Option<&Node>, problems: &mut Vec<Problem>) {
    for (name, node) in NAMES.iter().filter_map(|name| Some((name, table?.get(name)?))) {
        let Some(text) = node.text().filter(|it| is_key(it) && !holds_token(it)) else { continue };
        let message = format!("`secrets.{name}` holds a secret of {} characters", text.chars().count());
        let help = "revoke it; then write the name under which the store, or the existing Secret, has it";
        problems.push(LINT.problem(message).at(node.place()).secret().help(help));
    }
}

/// Looks for names that promise a secret, and values that are one.
fn named(table: Option<&Node>, path: &str, problems: &mut Vec<Problem>) {
    for (name, node) in table.and_then(Node::table).into_iter().flatten() {
        let Some(text) = node.text().filter(|it| is_secret(name, it) && !holds_token(it)) else { continue };
        let message = format!("`{path}.{name}` holds a secret of {} characters", text.chars().count());
        let help = if path == "flags" {
            "take it out of the spec: flags are readable by everybody who may look at the ConfigMap"
                .to_owned()
        } else {
            format!("write `{name} = {{ secret = \"…\", key = \"…\" }}`, which names the key of a Secret")
        };
        problems.push(LINT.problem(message).at(node.place()).secret().help(help));
    }
}

/// Paths and numbers are settings, whatever their names promise; and a public key is there to be read.
fn is_secret(name: &str, value: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let mut words = name.rsplit(['_', '-']);
    let (last, before) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_setting =
        value.starts_with(['/', '.', '$']) || value.parse::<f64>().is_ok() || value.contains(' ');
    SECRET_WORDS.contains(&last) && before != "PUBLIC" && value.len() >= LEAST_SECRET && !is_setting
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_inside_of_a_text() {
        let token = format!("hf_{}", "aB3".repeat(11));
        assert!(holds_token(&token) && holds_token(&format!("--token={token} x")));
        assert!(!holds_token("hf_home") && !holds_token("hf_transfer_is_a_library_with_a_long_name"));
    }

    #[test]
    fn a_name_alone_is_no_secret() {
        assert!(
            is_secret("WANDB_API_KEY", "0123abcd4567") && is_secret("ssl-keyfile-password", "correct-horse")
        );
        for (name, value) in [
            ("TOKENIZERS_PARALLELISM", "falsefalse"),
            ("MAX_TOKENS", "123456789"),
            ("SSL_KEY", "/etc/ssl/internal/tls.key"),
            ("API_KEY", "short"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("SORT_KEY", "12345678.5"),
            ("LANGFUSE_PUBLIC_KEY", "pk-lf-0123-4567"),
        ] {
            assert!(!is_secret(name, value), "{name}");
        }
    }
}

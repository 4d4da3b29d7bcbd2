//! SGLang's flags: what the spec's keys imply, what the team adds, and on which road each reaches the server.
//!
//! Most flags go into the file that `--config` names. The few that SGLang refuses there, and those that carry a secret,
//! go onto the command line.

mod keys;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::catalog::flags::{self as table, Abbreviation, Known, Mismatch, Release};
use crate::contract::{Problem, Severity};
use crate::derive::image::Image;
use crate::derive::keys::Keys;
use crate::derive::model::{Model, Source};
use crate::derive::parallel::Parallel;
use crate::spec::Spec;
use crate::tree::Node;
use keys::{OWNED, RESERVED, key_of, line};

/// The file of the ConfigMap that `--config` names; SGLang wants the suffix.
pub(crate) const CONFIG_FILE: &str = "config.yaml";
/// The file of the ConfigMap that holds a chat template.
pub(crate) const CHAT_TEMPLATE_FILE: &str = "chat-template.jinja";
/// Where the ConfigMap is mounted.
pub(crate) const CONFIG_PATH: &str = "/etc/sglang";

/// What flags are derived from.
pub(crate) struct Given<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) keys: Keys<'a>,
    pub(crate) image: &'a Image,
    pub(crate) model: &'a Model,
    pub(crate) parallel: Parallel,
    pub(crate) chat_template: Option<&'a str>,
}

/// The server's flags, by name without dashes.
#[derive(Default)]
pub(crate) struct Flags {
    pub(crate) all: BTreeMap<String, Value>,
}

impl Flags {
    /// The value of a flag.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.all.get(name)
    }

    /// Whether a switch is on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.get(name) == Some(&Value::Bool(true))
    }

    /// The text of the configuration file. JSON's scalars and lists are YAML too, and quoted strings cannot be misread.
    pub(crate) fn config_text(&self) -> String {
        let lines = self.all.iter().filter(|(name, _)| belongs_in_file(name));
        lines.map(|(name, value)| format!("{name}: {}\n", yaml_safe(value))).collect()
    }

    /// The flags that SGLang takes on the command line alone, each with its words.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = (&str, Vec<String>)> {
        let lines = self.all.iter().filter(|(name, _)| !belongs_in_file(name));
        lines.map(|(name, value)| (name.as_str(), argument(name, value)))
    }
}

/// A flag newer than the table is taken for one of the many that may stand there.
fn belongs_in_file(name: &str) -> bool {
    table::lookup(name).is_none_or(|it| it.in_config_file)
}

/// JSON text without the characters that a YAML reader takes for line breaks or refuses.
fn yaml_safe(value: &Value) -> String {
    let text = value.to_string();
    let is_safe = |it: char| {
        !matches!(it, '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    if text.chars().all(is_safe) {
        return text;
    }
    text.chars()
        .map(|it| if is_safe(it) { it.to_string() } else { format!("\\u{:04x}", u32::from(it)) })
        .collect()
}

fn argument(name: &str, value: &Value) -> Vec<String> {
    let text = |it: &Value| literal(&it.as_str().map_or_else(|| it.to_string(), str::to_owned));
    match value {
        Value::Bool(true) => vec![format!("--{name}")],
        Value::Bool(false) => vec![format!("--no-{name}")],
        Value::Array(items) => std::iter::once(format!("--{name}")).chain(items.iter().map(text)).collect(),
        other => vec![format!("--{name}"), text(other)],
    }
}

/// Kubernetes expands `$(NAME)` in arguments and variables; a doubled dollar stands for itself.
pub(crate) fn literal(text: &str) -> String {
    text.replace("$(", "$$(")
}

/// Derives the flags, and says which of the team's own the image's release does not take.
pub(crate) fn flags(given: &Given<'_>, problems: &mut Vec<Problem>) -> Flags {
    let release = given.image.flags_as_of();
    if given.image.release.is_some() {
        check_release(given, release, problems);
    }
    let mut all = implied(given, release);
    problems.extend(implied_mismatches(given, release, &all));
    for (name, value) in &given.spec.flags {
        let written = Name { name, key: format!("flags.{name}") };
        match accept(given, &written, release, problems) {
            Accepted::Known(flag) => {
                let value = flag.written(&value.0, release);
                problems.extend(own_mismatch(given, &written, flag, &value, release));
                put(&mut all, flag, value, release);
            }
            // What the table does not know yet is handed on as it is.
            Accepted::New => drop(all.insert(name.clone(), value.0.clone())),
            Accepted::No => {}
        }
    }
    Flags { all }
}

/// Sets a flag under the name that has no alias. A switch that is off is not written, unless off is something to say.
fn put(all: &mut BTreeMap<String, Value>, flag: &table::Flag, value: Value, release: Release) {
    let is_known = table::lookup(flag.canonical).is_some_and(|it| it.known_in(release) == Known::Yes);
    let name = if is_known { flag.canonical } else { flag.name };
    if value == Value::Bool(false) && !flag.is_negatable(release) {
        all.remove(name);
    } else {
        all.insert(name.to_owned(), value);
    }
}

/// What becomes of a flag that the team wrote.
enum Accepted {
    Known(&'static table::Flag),
    /// A name of a release newer than the table.
    New,
    No,
}

/// A flag as the team wrote it.
struct Name<'a> {
    name: &'a str,
    key: String,
}

fn check_release(given: &Given<'_>, release: Release, problems: &mut Vec<Problem>) {
    let at = given.keys.at("image.version").or_else(|| given.keys.near("image.tag"));
    let (oldest, newest) = (Release::oldest_supported(), Release::newest_known());
    if release < oldest {
        let message = format!(
            "SGLang {release} is not known to read a `--config` file; the oldest that is known to is {oldest}"
        );
        problems.push(
            Problem::error("SG208", message).at(at).help(format!("use an image of SGLang {oldest} or newer")),
        );
    } else if release.is_newer_than_table() {
        let message = format!("SGLang {release} is newer than the flag table, which ends with {newest}");
        problems.push(
            Problem::warning("SG208", message)
                .at(at)
                .help("flags are checked as those of the table's last release"),
        );
    }
}

/// What the keys of the spec imply.
fn implied(given: &Given<'_>, release: Release) -> BTreeMap<String, Value> {
    let Given { spec, model, parallel, .. } = given;
    let text = |it: &Option<crate::spec::units::Line>| it.as_ref().map(|it| Value::from(it.as_str()));
    let degree = |it: u32| (it > 1).then(|| Value::from(it));
    let attn_dp = spec.parallel.attn_dp.and_then(degree);
    let has_attn_dp = table::lookup("attn-dp-size").is_some_and(|it| it.known_in(release) == Known::Yes);
    // Releases without `attn-dp-size` count these groups with `dp-size`, and a switch says so.
    let old_attn_dp = attn_dp.clone().filter(|_| !has_attn_dp);
    let lora = (!spec.model.lora.is_empty())
        .then(|| spec.model.lora.iter().map(|(name, path)| format!("{name}={path}")).collect());
    let pairs: [(&str, Option<Value>); 23] = [
        ("host", Some("0.0.0.0".into())),
        ("port", Some(spec.port.map_or(30_000, |it| it.0).into())),
        ("enable-metrics", Some(true.into())),
        ("model-path", Some(model.path.clone().into())),
        ("served-model-name", Some(model.served_name.clone().into())),
        ("revision", text(&spec.model.revision).filter(|_| model.source.is_downloaded())),
        ("load-format", matches!(model.source, Source::Bucket { .. }).then(|| "runai_streamer".into())),
        ("context-length", spec.model.context.map(Value::from)),
        ("dtype", text(&spec.model.dtype)),
        ("quantization", text(&spec.model.quantization)),
        ("kv-cache-dtype", text(&spec.model.kv_dtype)),
        ("trust-remote-code", spec.model.trust_remote_code.then(|| true.into())),
        ("tool-call-parser", text(&spec.model.tool_call_parser)),
        ("reasoning-parser", text(&spec.model.reasoning_parser)),
        ("chat-template", given.chat_template.map(|_| format!("{CONFIG_PATH}/{CHAT_TEMPLATE_FILE}").into())),
        ("enable-lora", (!spec.model.lora.is_empty()).then(|| true.into())),
        ("lora-paths", lora),
        ("tp-size", degree(parallel.tp)),
        ("pp-size", degree(parallel.pp)),
        ("enable-dp-attention", old_attn_dp.as_ref().map(|_| true.into())),
        ("dp-size", old_attn_dp.or(degree(parallel.dp))),
        ("attn-dp-size", attn_dp.filter(|_| has_attn_dp)),
        ("ep-size", spec.parallel.ep.and_then(degree)),
    ];
    pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// Keys whose values the release does not take as the flag that they stand for.
fn implied_mismatches(given: &Given<'_>, release: Release, all: &BTreeMap<String, Value>) -> Vec<Problem> {
    let mismatch = |name: &str| all.get(name).and_then(|it| table::lookup(name)?.mismatch(it, release));
    let found = OWNED.iter().filter_map(|(name, key)| {
        let mismatch = mismatch(name)?;
        given.keys.has(key).then(|| mismatched(key, mismatch, release).at(given.keys.near(key)))
    });
    let bucket = mismatch("load-format").map(|_| no_buckets(release).at(given.keys.near("model.source")));
    found.chain(bucket).collect()
}

/// Nobody wrote the format in which a bucket is read, so nobody could change it.
fn no_buckets(release: Release) -> Problem {
    let message = format!("SGLang {release} reads no weights out of a bucket");
    let problem = Problem::error("SG202", message);
    problem
        .help("choose an image of 0.5.15 or newer, or weights on a volume: `source = \"pvc://claim/path\"`")
}

/// Finds the flag that is meant, or says why there is none.
fn accept(given: &Given<'_>, written: &Name<'_>, release: Release, problems: &mut Vec<Problem>) -> Accepted {
    let at = place(given, written).and_then(|it| it.key);
    let Some(flag) = table::lookup(written.name) else {
        let problem = absent(written, release);
        let is_new = problem.severity == Severity::Warning;
        problems.push(problem.at(at));
        return if is_new { Accepted::New } else { Accepted::No };
    };
    if let Some(problem) = refusal(flag, written, release) {
        problems.push(problem.at(at));
        return Accepted::No;
    }
    problems.extend(doubt(flag, written, release).map(|it| it.at(at)));
    Accepted::Known(flag)
}

fn place<'a>(given: &Given<'a>, written: &Name<'_>) -> Option<&'a Node> {
    given.keys.0.get("flags").and_then(|it| it.get(written.name))
}

fn refusal(flag: &table::Flag, written: &Name<'_>, release: Release) -> Option<Problem> {
    let canonical = flag.canonical;
    if let Some((_, key)) = OWNED.iter().find(|(name, _)| *name == canonical) {
        let message = format!("`{}` is decided by the key `{key}`", written.key);
        return Some(Problem::error("SG209", message).help(format!("write {} instead", line(key))));
    }
    if let Some((_, reason)) = RESERVED.iter().find(|(name, _)| *name == canonical) {
        return Some(
            Problem::error("SG209", format!("`{}` cannot be set: {reason}", written.key))
                .help("drop this line"),
        );
    }
    (flag.known_in(release) == Known::No).then(|| not_in(flag, written, release))
}

fn not_in(flag: &table::Flag, written: &Name<'_>, release: Release) -> Problem {
    let problem = Problem::error("SG202", format!("SGLang {release} has no flag `--{}`", written.name));
    match flag.replacement(release) {
        Some(new) => problem.help(format!("write `{new}` instead")),
        None => problem.help(format!("drop this line: {}", flag.history())),
    }
}

/// A flag that works, but not for ever, or not surely.
fn doubt(flag: &table::Flag, written: &Name<'_>, release: Release) -> Option<Problem> {
    if let Some(new) = flag.deprecation(release) {
        let message = format!("SGLang {release} calls `--{}` deprecated, and will drop it", written.name);
        return Some(Problem::warning("SG202", message).help(format!("write `{new}` instead")));
    }
    (flag.known_in(release) == Known::Unknown).then(|| {
        let message = format!(
            "nothing tells whether SGLang {release} has the flag `--{}`: {}",
            written.name,
            flag.history()
        );
        let help = match flag.replacement(release) {
            Some(new) => format!("write `{new}`, which it has"),
            None => "look at `python3 -m sglang.launch_server --help` in this image".to_owned(),
        };
        Problem::warning("SG202", message).help(help)
    })
}

/// A name that no release of the table has.
fn absent(written: &Name<'_>, release: Release) -> Problem {
    match table::abbreviated(written.name, release) {
        Abbreviation::Unique(full) => {
            let message =
                format!("`{}` is an abbreviation, which the next release may make ambiguous", written.key);
            Problem::error("SG203", message).help(format!("write {}", line(&key_of(full))))
        }
        Abbreviation::Ambiguous(names) => {
            let meant: Vec<String> = names.iter().take(4).map(|it| line(&key_of(it))).collect();
            Problem::error("SG203", format!("`{}` is an abbreviation of several flags", written.key))
                .help(format!("write {}", meant.join(", or ")))
        }
        Abbreviation::None => {
            let problem = Problem::error(
                "SG202",
                format!("SGLang {release} has no flag `--{}`", written.name.escape_debug()),
            );
            match table::nearest(written.name, release) {
                near if release.is_newer_than_table() && is_flag_like(written.name) => {
                    newer(written, release, near)
                }
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => {
                    problem.help("drop this line; `python3 -m sglang.launch_server --help` lists the flags")
                }
            }
        }
    }
}

fn newer(written: &Name<'_>, release: Release, near: Option<&str>) -> Problem {
    let message = format!(
        "the flag table ends with SGLang {}, and knows no `--{}`",
        Release::newest_known(),
        written.name
    );
    let help = format!("make sure that SGLang {release} takes it: it is handed on as it is");
    let help = near.map_or(help.clone(), |near| format!("did you mean `{near}`? Else {help}"));
    Problem::warning("SG202", message).help(help)
}

fn is_flag_like(name: &str) -> bool {
    let is_word =
        |it: &str| !it.is_empty() && it.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    name.split('-').all(is_word)
}

fn own_mismatch(
    given: &Given<'_>,
    written: &Name<'_>,
    flag: &table::Flag,
    value: &Value,
    release: Release,
) -> Option<Problem> {
    let mismatch = flag.mismatch(value, release)?;
    let at = place(given, written).and_then(Node::place);
    Some(mismatched(&written.key, mismatch, release).at(at))
}

/// A value that the flag's type or list of choices does not take; a newer release may take more than the table knows.
fn mismatched(key: &str, mismatch: Mismatch, release: Release) -> Problem {
    let message = format!("`{key}` cannot be `{}`; expected {}", mismatch.found, mismatch.expected);
    let problem = Problem::error("SG202", message);
    Problem { severity: release.severity(), ..problem.help(mismatch.help) }
}

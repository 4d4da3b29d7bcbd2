//! Environment variables: what SGLang and the Hub's library read, what carries keys, and the team's own.

use std::collections::BTreeMap;

use crate::contract::{Cause, Problem};
use crate::derive::Plan;
use crate::derive::cache::CACHE_PATH;
use crate::derive::model::Source;
use crate::derive::secrets::SecretKey;
use crate::expand::causes;
use crate::expand::volumes::{self, HOME};
use crate::expand::why::Parts;
use crate::manifest::{EnvVar, EnvVarSource, SecretKeyRef};
use crate::path::is_within;
use crate::spec::units::VariableName;
use crate::spec::{Security, Variable};

/// The variable that carries the callers' key into an argument.
pub(crate) const API_KEY: &str = "SGLANG_SERVER_KEY";
/// The variable that carries the key of the admin routes into an argument.
pub(crate) const ADMIN_KEY: &str = "SGLANG_ADMIN_KEY";

/// The variable of the Hub's token.
const TOKEN: &str = "HF_TOKEN";
/// The variable that keeps SGLang from asking a Hub for what it has.
const OFFLINE: &str = "HF_HUB_OFFLINE";
/// The variable of the folder below which the Hub's library keeps everything.
const HUB_HOME: &str = "HF_HOME";
/// What the library prefers to it.
const HUB_CACHES: [&str; 2] = ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"];

/// The key of the cache, in which a download may lie anywhere.
const CACHE: &str = "cache";

/// A variable, and why its parts are what they are.
pub(crate) type Explained = (EnvVar, Parts);
type Variables = BTreeMap<String, Set>;

/// A variable that is set.
struct Set {
    explained: Explained,
    /// The key that would be read by nobody if the team set the variable, too.
    key: Option<&'static str>,
}

/// The server's variables, sorted by name. The team's own win; where a key decides, `overridden` refuses them.
pub(crate) fn server(plan: &Plan<'_>) -> Vec<Explained> {
    let mut all = own(plan);
    all.extend(teams(plan));
    explained(all)
}

/// What is set whatever the team sets, for the server.
fn own(plan: &Plan<'_>) -> Variables {
    let mut all = download(plan);
    let secrets = &plan.secrets;
    for (name, key, written) in
        [(API_KEY, &secrets.api_key, "secrets.api-key"), (ADMIN_KEY, &secrets.admin_key, "secrets.admin-key")]
    {
        let reason = "the argument that carries the key to SGLang names it";
        all.extend(key.as_ref().map(|key| secret(plan, name, key, written, reason)));
    }
    if plan.cache.is_prefetched {
        // Who needs no Hub needs no token of it either.
        all.remove(TOKEN);
        // SGLang obeys it with ModelScope too.
        let cause = plan.keys.rule("the prefetch Job has filled the cache", &["cache.prefetch"]);
        all.extend([text(OFFLINE, "1", Some("cache.prefetch"), cause)]);
    }
    if volumes::has_kernel_folder(plan) {
        let reason = "kernels that are compiled at the first start are kept in one place";
        all.extend([text(
            "SGLANG_CACHE_DIR",
            volumes::KERNELS,
            Some("cache.jit"),
            plan.keys.choice("cache.jit", reason, reason),
        )]);
    }
    all
}

/// The prefetch Job's variables. The team's own are among them: a proxy, a mirror or a certificate is needed there most.
pub(crate) fn prefetch(plan: &Plan<'_>) -> Vec<Explained> {
    let mut all = download(plan);
    all.extend(teams(plan));
    all.remove(OFFLINE);
    explained(all)
}

fn explained(all: Variables) -> Vec<Explained> {
    all.into_values().map(|it| it.explained).collect()
}

/// Variables of the team that would win over what a key of the spec says: nobody would read the key any more.
pub(crate) fn overridden(plan: &Plan<'_>) -> Vec<Problem> {
    if plan.spec.vars.is_empty() {
        return Vec::new();
    }
    // The server has no token where a Job has fetched everything, and the Job has one.
    let mut own = own(plan);
    own.extend(download(plan));
    let problem = |(name, variable): (&VariableName, &Variable)| {
        let name = name.as_str();
        let meant = if HUB_CACHES.contains(&name) { HUB_HOME } else { name };
        let key = own.get(meant)?.key.filter(|key| *key != CACHE || !is_in_cache(variable))?;
        let at = plan.keys.node(&["vars", name]).and_then(|it| it.key);
        Some(refused(name, key).at(at))
    };
    plan.spec.vars.iter().filter_map(problem).collect()
}

fn refused(name: &str, key: &str) -> Problem {
    if key == CACHE {
        let message =
            format!("`vars.{name}` leads out of the cache, which `cache.kind` mounts at `{CACHE_PATH}`");
        return Problem::error("SG209", message)
            .help(format!("drop this line, or name a folder below `{CACHE_PATH}`"));
    }
    Problem::error("SG209", format!("`vars.{name}` is decided by the key `{key}`"))
        .help(format!("drop this line, or change `{key}`"))
}

/// A claim that exists already may hold its files in a folder of another name.
fn is_in_cache(variable: &Variable) -> bool {
    let Variable::Text(path) = variable else { return false };
    is_within(path, CACHE_PATH) && path.split('/').all(|it| it != "..")
}

fn teams(plan: &Plan<'_>) -> Variables {
    let own = plan.spec.vars.iter().map(|(name, variable)| {
        let parts = team_causes(plan, &["vars", name.as_str()], variable);
        (name.to_string(), Set { explained: (team(name, variable), parts), key: None })
    });
    own.collect()
}

/// Why a team's own variable is what it is, by pointers into it.
pub(crate) fn team_causes(plan: &Plan<'_>, path: &[&str], variable: &Variable) -> Parts {
    let keys = plan.keys;
    if keys.is_silent() {
        return Parts::new();
    }
    let part = |key| keys.entry(&[path, &[key]].concat());
    let name = ("/name", keys.name_of(path));
    match variable {
        Variable::Text(_) => vec![name, ("/value", keys.entry(path))],
        Variable::Secret { .. } => vec![
            name,
            ("/valueFrom/secretKeyRef/name", part("secret")),
            ("/valueFrom/secretKeyRef/key", part("key")),
        ],
    }
}

/// What a download reads: where to keep files, and the token.
fn download(plan: &Plan<'_>) -> Variables {
    let keys = plan.keys;
    let kept = || keys.rule("downloads lie in the cache", &["cache.kind", "cache.claim", "cache.path"]);
    // Where the pod's own disk is the cache, nothing is lost.
    let cache = plan.cache.is_kept().then_some(CACHE);
    let mut all = Variables::new();
    match plan.model.source {
        Source::Hub => {
            all.extend([text(HUB_HOME, &format!("{CACHE_PATH}/hf"), cache, kept())]);
            let reason = "the Hub's library looks for its token there";
            let token = plan.secrets.hf_token.as_ref();
            all.extend(token.map(|key| secret(plan, TOKEN, key, "secrets.hf-token", reason)));
        }
        Source::ModelScope => {
            all.extend([text("MODELSCOPE_CACHE", &format!("{CACHE_PATH}/modelscope"), cache, kept())]);
            let cause = keys.rule("else SGLang would look for the model on the Hub", &["model.source"]);
            all.extend([text("SGLANG_USE_MODELSCOPE", "true", Some("model.source"), cause)]);
        }
        _ => {}
    }
    if plan.spec.security == Security::Nonroot {
        let cause =
            || keys.rule("a user other than root needs a name, and folders of its own", &["security"]);
        all.extend([
            text("HOME", HOME, None, cause()),
            text("TMPDIR", "/tmp", None, cause()),
            text("USER", "sglang", None, cause()),
        ]);
    }
    all
}

fn text(name: &str, value: &str, key: Option<&'static str>, cause: Cause) -> (String, Set) {
    let variable = EnvVar { name: name.to_owned(), value: Some(value.to_owned()), value_from: None };
    (name.to_owned(), Set { explained: (variable, vec![("", cause)]), key })
}

/// A variable that is a key of the service's own Secret; `written` is where the spec says which.
fn secret(
    plan: &Plan<'_>,
    name: &str,
    key: &SecretKey,
    written: &'static str,
    reason: &str,
) -> (String, Set) {
    let variable = from_secret(name, &key.secret, &key.key);
    let keys = plan.keys;
    let holder = "the Secret that is filled from the store";
    let own = causes::derived(plan, "secrets.existing", holder, &["name", "secrets.store"]);
    let cause = match plan.secrets.entries.is_empty() {
        true => keys.cause(written, ""),
        false => keys.rule("under this name the Secret holds what the store has", &[written]),
    };
    let parts = vec![
        ("/name", keys.rule(reason, &[written])),
        ("/valueFrom/secretKeyRef/name", own),
        ("/valueFrom/secretKeyRef/key", cause),
    ];
    (name.to_owned(), Set { explained: (variable, parts), key: Some(written) })
}

fn from_secret(name: &str, secret: &str, key: &str) -> EnvVar {
    let reference = SecretKeyRef { name: secret.to_owned(), key: key.to_owned() };
    EnvVar {
        name: name.to_owned(),
        value: None,
        value_from: Some(EnvVarSource { secret_key_ref: reference }),
    }
}

/// A variable as a team writes it.
pub(crate) fn team(name: &VariableName, variable: &Variable) -> EnvVar {
    match variable {
        Variable::Text(value) => {
            EnvVar { name: name.to_string(), value: Some(value.clone()), value_from: None }
        }
        Variable::Secret { secret, key } => from_secret(name.as_str(), secret.as_str(), key.as_str()),
    }
}

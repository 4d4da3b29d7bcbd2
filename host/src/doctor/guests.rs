//! The operator's side: its file, the guests that it names and the default one, limits, and the cache.

use std::path::Path;

use crate::config::{Config, Entry};
use crate::doctor::{Finding, quoted};
use crate::guest::{Binary, Cache, DEFAULT_NAME, Engine, Failure, Guest, cache};
use crate::limits::{Limits, Source, TABLE};

/// From the file to the cache. A file that is wrong says nothing of guests and limits.
pub(super) fn findings(path: Option<&Path>) -> Vec<Finding> {
    let (cache, kept) = cache_of_user();
    let mut findings = Vec::new();
    match Config::of_operator(path) {
        Ok(config) => {
            findings.push(Finding::good(
                "operator's file",
                match path {
                    Some(path) => format!("{} is in force", quoted(path)),
                    None => String::from("none; `--config` or $CMP_HOST_CONFIG would name one"),
                },
            ));
            findings.push(default_guest(&config, &cache));
            findings.extend(config.guests.iter().map(|it| guest(&config, it, &cache)));
            findings.push(limits(&config));
        }
        Err(report) => findings.push(Finding::of("operator's file", &report)),
    }
    findings.push(kept);
    findings
}

fn default_guest(config: &Config, cache: &Cache) -> Finding {
    loaded(DEFAULT_NAME, &Binary::default_guest(), &config.limits, cache)
}

fn guest(config: &Config, entry: &Entry, cache: &Cache) -> Finding {
    let name = format!("guest {}", entry.name);
    match entry.binary(&entry.limits) {
        Err(failure) => failed(name, &failure),
        Ok(Err(problem)) => Finding::of(name, &config.report(vec![*problem])),
        Ok(Ok(binary)) if entry.sha256.is_none() => Finding::bad(
            name,
            "it has no digest, and a server runs pinned guests alone",
            format!("if the file is the one that you mean, add `sha256 = \"{}\"`", binary.sha256()),
        ),
        Ok(Ok(binary)) => loaded(&entry.name, &binary, &entry.limits, cache),
    }
}

fn loaded(name: &str, binary: &Binary, limits: &Limits, cache: &Cache) -> Finding {
    let name = format!("guest {name}");
    let described = Engine::with_limits(limits)
        .and_then(|engine| Guest::load(&engine, binary, cache))
        .and_then(|it| it.describe(&limits.budget()));
    match described {
        Ok(_) if cache.is_used() && !binary.is_compiled(cache) => Finding::bad(
            name,
            "it is loaded, and its compiled code is not kept: each start compiles it once more",
            "let this user write to the cache, or fill it with `cmp-host guest compile`, and let this user read it",
        ),
        Ok(info) if info.name.is_empty() => Finding::good(name, "it is loaded, and calls itself nothing"),
        Ok(info) => {
            Finding::good(name, format!("it is loaded, and calls itself `{} {}`", info.name, info.version))
        }
        Err(failure) => failed(name, &failure),
    }
}

fn failed(name: String, failure: &Failure) -> Finding {
    Finding::bad(name, format!("{} {failure}", failure.code()), failure.help())
}

fn limits(config: &Config) -> Finding {
    let set = TABLE.iter().filter(|it| config.limits.get(it.limit).source != Source::Default).count();
    let text = match set {
        0 => String::from("all are defaults"),
        1 => String::from("the operator's file sets one"),
        _ => format!("the operator's file sets {set}"),
    };
    Finding::good("limits", text + "; `cmp-host limits` prints them")
}

fn cache_of_user() -> (Cache, Finding) {
    const NAME: &str = "cache";
    let variable = |name: &str| std::env::var_os(name);
    let kept = |path: &Path| Finding::good(NAME, format!("compiled code is kept in {}", quoted(path)));
    if let Some(path) = cache::named_folder(variable) {
        return match Cache::in_named_folder(&path) {
            Ok(cache) if cache.is_used() => (cache, kept(&path)),
            Ok(cache) => (cache, unusable(&path)),
            Err(error) => {
                let text = format!("{} is not safe for compiled code: {error}", quoted(&path));
                (
                    Cache::none(),
                    Finding::bad(NAME, text, "give it to this user or to root, and `chmod go-w` it"),
                )
            }
        };
    }
    match cache::users_folder(variable) {
        Some(path) => match Cache::in_folder(&path) {
            cache if cache.is_used() => (cache, kept(&path)),
            cache => (cache, unusable(&path)),
        },
        None => (Cache::none(), Finding::good(NAME, format!("none: {UNCACHED}"))),
    }
}

/// What it means that no folder can be used.
const UNCACHED: &str = "a guest whose code is not in the program is compiled at each start";

/// No fault: it takes longer.
fn unusable(path: &Path) -> Finding {
    Finding::good("cache", format!("{} cannot be used: {UNCACHED}", quoted(path)))
}

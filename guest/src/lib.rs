//! The default guest of `cmp-host`.
//!
//! It turns the compact spec of an SGLang service into complete Kubernetes manifests. All of it is plain Rust that also
//! builds natively; `component.rs` and `heap.rs` alone know WebAssembly.
//!
//! The road, in reading order: [`sources`] parses the files to [`tree`]s, [`merge`] makes one tree of them for one of the
//! `environments`, laying one layer onto another by the rules of `overlay`; [`read`] turns that into a typed [`spec`],
//! `rules` asks for keys that must go together, `derive` computes what is meant (with what `catalog` knows), `check` looks
//! for what no schema catches, `expand` builds the objects. The other output, Argo CD's own objects, is built by `delivery`.

mod catalog;
pub mod check;
mod cold;
pub mod contract;
mod credential;
mod delivery;
mod derive;
mod environments;
mod expand;
#[cfg(target_family = "wasm")]
mod heap;
mod init;
mod later;
mod manifest;
mod merge;
mod overlay;
pub mod parameters;
mod path;
mod problem;
mod read;
mod rules;
mod settings;
// The heap alone uses it, which is built for WebAssembly; its arithmetic is tested everywhere.
#[cfg(any(test, target_family = "wasm"))]
mod size_class;
mod sources;
pub mod spec;
mod tree;
mod words;

#[cfg(target_family = "wasm")]
mod component;

use contract::{Expansion, File, Input, Output, Problem, Request, Severity};
use derive::keys::{Causes, Keys};
use derive::{Given, Plan};
use expand::object::Object;
use read::{Reading, read};
use sources::Sources;
use spec::Spec;

pub use init::init;
pub use settings::settings;

/// The guest's name.
pub const NAME: &str = "sglang";
/// The guest's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The JSON Schema of the spec; a test keeps it fresh.
pub const SCHEMA: &str = include_str!("../schema/sglang.schema.json");

/// Names the files that these files ask for.
pub fn inputs(files: &[File]) -> Result<Vec<Input>, Vec<Problem>> {
    if !files.iter().any(|it| sources::may_ask(&it.text)) {
        return Ok(Vec::new());
    }
    let sources = Sources::parse(files)?;
    if !sources.missing.is_empty() {
        return Ok(sources.missing);
    }
    sources.chat_templates(files)
}

/// Names the spec's environments.
pub fn environments(files: &[File]) -> Result<Vec<String>, Vec<Problem>> {
    environments::named(Sources::parse(files)?.layers().tree)
}

/// Expands the spec for one environment.
pub fn expand(request: &Request) -> Result<Expansion, Vec<Problem>> {
    if let Output::Delivery(source) = &request.output {
        return delivery::expand(request, source);
    }
    let environment = request.environment.as_deref().or_else(|| parameters::environment(&request.parameters));
    let mut merged = merge::merge(&request.files, environment, &request.parameters)?;
    let mut problems = std::mem::take(&mut merged.problems);
    problems.extend(later::take_reserved(&mut merged.tree));
    let Reading { value, problems: faults } = read::<Spec>(&merged.tree);
    problems.extend(faults);
    let Some(spec) = value else { return Err(sorted(problems)) };
    let causes = if request.with_origins { Causes::Told } else { Causes::Silent };
    let keys = Keys(&merged.tree, causes);
    problems.extend(rules::rules(&spec, keys));
    let given =
        Given { spec: &spec, keys, environment: merged.environment.as_deref(), files: &request.files };
    let plan = derive::plan(given, &mut problems);
    problems.extend(derive::hub::unreachable(&plan));
    problems.extend(expand::collisions::problems(&plan));
    problems.extend(check::check(&plan));
    problems.extend(elsewhere(&plan, request));
    let objects = expand::objects(&plan, &mut problems);
    let problems = sorted(problems);
    if problems.iter().any(|it| it.severity == Severity::Error) {
        return Err(problems);
    }
    let manifests = objects.into_iter().map(Object::into_manifest).collect();
    Ok(Expansion { manifests, allow_empty: spec.allow_empty, warnings: problems })
}

/// The spec's namespace wins over the Application's destination; whoever set the other one should know.
fn elsewhere(plan: &Plan<'_>, request: &Request) -> Option<Problem> {
    let application = request.application.as_ref()?;
    let differs = !application.namespace.is_empty() && application.namespace != plan.namespace;
    differs.then(|| {
        let message = format!(
            "the manifests go to the namespace `{}`, and the Application's destination is `{}`",
            plan.namespace,
            application.namespace.escape_debug()
        );
        let problem = Problem::warning("SG026", message).at(plan.keys.near("namespace"));
        problem.help("the spec wins; set `namespace`, or the destination, so that both say the same")
    })
}

fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problem::sort(&mut problems);
    problems
}

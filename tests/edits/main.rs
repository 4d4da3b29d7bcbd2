//! The verbs that change a spec: `image set`, `promote`, `rollback`. What they write, what they say, and what they leave alone.

mod bots;
mod cases;
mod file;
mod history;
mod promotion;
mod refusals;
mod repositories;
#[path = "../support"]
mod support {
    pub(crate) mod binary;
    pub(crate) mod git;
    pub(crate) mod project;
    pub(crate) mod repository;
    pub(crate) mod toml;
}

use support::repository::Repository;

/// A spec of which nothing is wrong, and that says nothing of its image.
const SERVICE: &str = r#"schema = 1
name = "llama"
model.id = "meta-llama/Llama-3.1-8B-Instruct"
model.quantization = "fp8"
model.context = 8192
gpu.product = "l40s"
"#;

/// The same with these lines below it.
fn spec(environments: &str) -> String {
    format!("{SERVICE}\n{environments}")
}

/// Runs `cmp-host VERB… FOLDER ARGUMENTS…`.
fn run(repository: &Repository, verb: &[&str], arguments: &[&str]) -> anyhow::Result<support::binary::Ran> {
    let mut command = support::binary::command();
    support::binary::run(command.args(verb).arg(".").args(arguments).current_dir(repository.path("")))
}

fn read(repository: &Repository) -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(repository.path("sglang.toml"))?)
}

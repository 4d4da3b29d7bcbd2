//! A first spec from a few answers: commented, and with values that the catalogs know to work together.

use std::collections::BTreeMap;

use crate::catalog::{gpus, models, sizing};
use crate::contract::{File, Output, Problem, Request};
use crate::derive::image::newest_tag;
use crate::problem::{nearest, one_of};
use crate::spec::units::{Label, ServiceName};

/// What may be answered.
const ANSWERS: &[&str] = &["environments", "gpu", "gpus", "like", "model", "name", "weights-gib"];

/// The answers, read and checked.
struct Answers<'a> {
    name: String,
    model: &'a str,
    weights_gib: Option<f64>,
    like: Option<&'a str>,
    gpu: &'a str,
    gpus: u32,
    environments: Vec<&'a str>,
}

/// Writes a first spec.
pub fn init(answers: &[(String, String)]) -> Result<String, Vec<Problem>> {
    let given: BTreeMap<&str, &str> =
        answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let text = write(&read(&given)?);
    check(&text)?;
    Ok(text)
}

/// Expands what was written: a first spec that does not work would be worse than none.
fn check(text: &str) -> Result<(), Vec<Problem>> {
    let files = vec![File { path: "sglang.toml".into(), text: text.to_owned() }];
    for environment in crate::environments(&files)? {
        let request = Request {
            files: files.clone(),
            environment: Some(environment),
            application: None,
            parameters: Vec::new(),
            output: Output::Manifests,
            with_origins: false,
        };
        crate::expand(&request).map_err(without_places)?;
    }
    Ok(())
}

/// The text is not yet a file that anybody could look at.
fn without_places(problems: Vec<Problem>) -> Vec<Problem> {
    problems.into_iter().map(|it| Problem { at: None, related: Vec::new(), ..it }).collect()
}

fn read<'a>(given: &BTreeMap<&'a str, &'a str>) -> Result<Answers<'a>, Vec<Problem>> {
    let mut problems: Vec<Problem> =
        given.keys().filter(|it| !ANSWERS.contains(it)).map(|it| unknown(it)).collect();
    let answers = Answers {
        model: model(given, &mut problems),
        name: name(given, &mut problems),
        weights_gib: number(given, "weights-gib", &mut problems),
        like: like(given, &mut problems),
        gpus: number(given, "gpus", &mut problems).unwrap_or(1),
        gpu: given.get("gpu").copied().unwrap_or_default(),
        environments: environments(given, &mut problems),
    };
    if problems.is_empty() {
        accelerator(&answers, &mut problems);
    }
    if problems.is_empty() { Ok(answers) } else { Err(problems) }
}

fn unknown(answer: &str) -> Problem {
    let problem = answer_problem(format!("nothing asks for `{}`", answer.escape_debug()));
    match nearest(answer, ANSWERS.iter().copied()) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => problem.help(format!("the answers are {}", one_of(ANSWERS.iter().copied()))),
    }
}

fn answer_problem(message: impl Into<String>) -> Problem {
    Problem::error("SG030", message)
}

/// A model outside of the catalog needs its size, or one that is like it.
fn model<'a>(given: &BTreeMap<&'a str, &'a str>, problems: &mut Vec<Problem>) -> &'a str {
    let Some(model) = given.get("model").copied() else {
        let help = "answer with an id of the Hugging Face Hub: `--model meta-llama/Llama-3.1-8B-Instruct`";
        problems.push(answer_problem("nothing says which model is served").help(help));
        return "";
    };
    let is_id =
        !model.is_empty() && model.chars().all(|it| it.is_ascii_alphanumeric() || "-_./".contains(it));
    if !is_id {
        problems.push(
            answer_problem(format!("a model cannot be called `{}`", model.escape_debug()))
                .help("answer with an id of the Hugging Face Hub"),
        );
    } else if models::find(model).is_none()
        && !given.contains_key("weights-gib")
        && !given.contains_key("like")
    {
        let problem = answer_problem(format!("the catalog does not know the model `{model}`"));
        problems.push(problem.help(match models::nearest(model) {
            Some(meant) => format!("did you mean `{meant}`? Else say how large its safetensors are: `--weights-gib 15.0`"),
            None => "say how large its safetensors are: `--weights-gib 15.0`; and `--like ID` for a catalog model of the same architecture".into(),
        }));
    }
    model
}

fn like<'a>(given: &BTreeMap<&'a str, &'a str>, problems: &mut Vec<Problem>) -> Option<&'a str> {
    let like = given.get("like").copied()?;
    if models::find(like).is_none() {
        let problem =
            answer_problem(format!("the catalog does not know the model `{}`", like.escape_debug()));
        problems.push(problem.help(match models::nearest(like) {
            Some(meant) => format!("did you mean `--like {meant}`?"),
            None => format!("answer with one of {}", one_of(models::ids())),
        }));
    }
    Some(like)
}

fn name(given: &BTreeMap<&str, &str>, problems: &mut Vec<Problem>) -> String {
    let Some(name) = given.get("name") else {
        return derived_name(given.get("model").copied().unwrap_or_default());
    };
    if !ServiceName::accepts(name) || *name == "sglang" {
        let problem = answer_problem(format!("a service cannot be called `{}`", name.escape_debug()));
        problems.push(
            problem.help(
                "answer with at most 40 lower case letters, digits and `-`, a letter first; not `sglang`",
            ),
        );
    }
    (*name).to_owned()
}

/// The model's own name as far as a service can have it: `Llama-3.1-8B-Instruct` becomes `llama-3-1-8b-instruct`.
fn derived_name(model: &str) -> String {
    let last = model.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let plain: String = last.chars().map(|it| if it.is_ascii_alphanumeric() { it } else { '-' }).collect();
    let parts: Vec<&str> = plain.split('-').filter(|it| !it.is_empty()).collect();
    let joined = parts.join("-");
    let cut = joined.get(..40).unwrap_or(&joined).trim_matches('-');
    if ServiceName::accepts(cut) { cut.to_owned() } else { "llm".into() }
}

fn number<T: std::str::FromStr>(
    given: &BTreeMap<&str, &str>,
    answer: &str,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let text = given.get(answer)?;
    let number = text.parse().ok();
    if number.is_none() {
        problems.push(
            answer_problem(format!("`{answer}` cannot be `{}`", text.escape_debug()))
                .help("answer with a number"),
        );
    }
    number
}

fn environments<'a>(given: &BTreeMap<&'a str, &'a str>, problems: &mut Vec<Problem>) -> Vec<&'a str> {
    let names: Vec<&str> =
        given.get("environments").copied().unwrap_or("dev,staging,prod").split(',').map(str::trim).collect();
    for name in names.iter().filter(|it| !Label::accepts(it)) {
        let problem = answer_problem(format!("an environment cannot be called `{}`", name.escape_debug()));
        problems.push(problem.help(
            "answer with lower case letters, digits and `-`, with commas in between: `dev,staging,prod`",
        ));
    }
    for (index, name) in names.iter().enumerate().filter(|(index, name)| names[..*index].contains(name)) {
        let problem = answer_problem(format!("the environment `{}` is named twice", name.escape_debug()));
        problems.push(problem.help(format!("drop the one in place {}", index + 1)));
    }
    names
}

fn accelerator(answers: &Answers<'_>, problems: &mut Vec<Problem>) {
    if answers.gpu.is_empty() {
        problems.push(
            answer_problem(format!("nothing says which accelerator runs {}", answers.model))
                .help(fitting(answers)),
        );
    } else if gpus::find(answers.gpu).is_none() {
        let problem =
            answer_problem(format!("the catalog knows no accelerator `{}`", answers.gpu.escape_debug()));
        let meant: Vec<String> = gpus::meant(answers.gpu).iter().map(|it| format!("--gpu {it}")).collect();
        problems.push(problem.help(match meant[..] {
            [] => fitting(answers),
            _ => format!("did you mean {}?", one_of(meant.iter().map(String::as_str))),
        }));
    }
}

/// The accelerators of which one holds the model, else all of them.
fn fitting(answers: &Answers<'_>) -> String {
    let weights = answers.weights_gib.or(known(answers).map(|it| it.weights_gib)).unwrap_or(0.0);
    let fits = |key: &&str| {
        let load = gpus::find(key).map(|gpu| sizing::Load {
            gpu_mib: gpu.memory_mib,
            tp: 1,
            pp: 1,
            weights_gib: weights,
            model: known(answers),
            ..sizing::Load::default()
        });
        load.is_some_and(|load| sizing::fit(&load).is_possible())
    };
    let fitting: Vec<&str> = gpus::keys().filter(fits).collect();
    if fitting.is_empty() {
        return format!(
            "no single one holds it: answer with `--gpu` and `--gpus`; the catalog has {}",
            one_of(gpus::keys())
        );
    }
    format!("one of these holds it: {}; answer with `--gpu {}`", one_of(fitting.iter().copied()), fitting[0])
}

fn known(answers: &Answers<'_>) -> Option<&'static models::Model> {
    models::find(answers.like.unwrap_or(answers.model))
}

fn write(answers: &Answers<'_>) -> String {
    let Answers { name, model, gpu, gpus, .. } = answers;
    let size = answers
        .weights_gib
        .map(|it| format!("weights-gib = {it:?} # the size of its safetensors\n"))
        .unwrap_or_default();
    let like =
        answers.like.map(|it| format!("like = \"{it}\" # the same architecture\n")).unwrap_or_default();
    let tag = newest_tag(gpu);
    let environments: Vec<String> = answers.environments.iter().map(|it| environment(it, &tag)).collect();
    let environments = environments.join("\n");
    format!(
        "\
#:schema ./sglang.schema.json
# `cmp-host schema > sglang.schema.json` gives your editor completion; `cmp-host check` looks at every environment.
schema = 1
name = \"{name}\"
# namespace = \"{name}-{{env}}\" # the default

[model]
id = \"{model}\"
{size}{like}# context = 8192 # the default is what the model was trained for
# trust-remote-code is off: turn it on only for a revision that you have read

# [image]
# repo = \"registry.example.com/sglang\" # the default is `lmsysorg/sglang`

[gpu]
product = \"{gpu}\"
count = {gpus} # all of them serve one replica, by tensor parallelism
# select = \"gke\" # or karpenter, eks-auto, instance-type; the default is the vendor's own node label

[cache]
kind = \"pvc\" # the weights are downloaded once; the size follows from the model
# class = \"fast-ssd\" # the default is the cluster's own StorageClass

# [secrets] # tokens and keys stay in their store, and never stand in this file
# existing = \"{name}-keys\" # a Secret of the namespace; or store = {{ cluster = \"…\" }}
# hf-token = \"hf-token\" # its key with the Hub's token, for gated models
# api-key = \"api-key\" # its key with what callers must send

# [expose] # without it, the service is reached from inside of the cluster alone
# gateway = \"infra/public\"
# host = \"{name}.example.com\"

# [monitor] # a ServiceMonitor and alerts
# labels = {{ release = \"prometheus\" }}

# [network]
# from = [\"gateway-system\", \"monitoring\"] # the namespaces that may call

# Each environment has a tag of its own: `cmp-host image set`, `promote` and `rollback` change it, or a bot. Never `latest`.
{environments}"
    )
}

fn environment(name: &str, tag: &str) -> String {
    let comment = if name == "prod" {
        "# replicas = 2 # more than one needs a cache that several nodes can mount:\n# cache.access = \"ReadWriteMany\"\n"
    } else {
        ""
    };
    format!("[env.{name}]\nimage.tag = \"{tag}\"\n{comment}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::gpus::Vendor;

    fn answered(gpu: &str) -> Result<String, Vec<Problem>> {
        let answers = [("gpu", gpu), ("model", "acme/acme-2b"), ("weights-gib", "4.0")];
        init(&answers.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    #[test]
    fn an_accelerator_is_found_by_its_other_names() {
        for (gpu, help) in [
            ("h100", "did you mean `--gpu h100-sxm-80gb`?"),
            ("T4", "did you mean `--gpu t4`?"),
            ("NVIDIA-H100-80GB-HBM3", "did you mean `--gpu h100-sxm-80gb`?"),
            ("a100", "did you mean `--gpu a100-40gb` or `--gpu a100-80gb`?"),
            ("mi300", "did you mean `--gpu mi300x`?"),
        ] {
            let problems = answered(gpu).unwrap_err();
            assert_eq!(problems[0].help.as_deref(), Some(help), "{gpu}");
        }
    }

    #[test]
    fn every_accelerator_gets_a_spec_that_works() {
        for gpu in gpus::keys() {
            let text = answered(gpu).unwrap_or_else(|it| panic!("{gpu}: {it:?}"));
            let is_rocm = text.contains("-rocm");
            assert_eq!(is_rocm, gpus::find(gpu).unwrap().vendor == Vendor::Amd, "{gpu}: {text}");
        }
    }
}

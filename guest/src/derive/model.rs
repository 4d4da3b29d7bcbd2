//! The model: what SGLang is told to load, from where, and what is known of it.

use crate::catalog::models;
use crate::contract::Problem;
use crate::derive::cache::{CACHE_PATH, is_prefetched};
use crate::derive::keys::Keys;
use crate::problem::one_of;
use crate::spec::Spec;
use crate::spec::units::{Label, Line, is_label};

/// Where weights come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The Hugging Face Hub.
    Hub,
    /// ModelScope.
    ModelScope,
    /// A folder of an existing claim.
    Claim { claim: String, path: String },
    /// A folder of the node.
    Host { path: String },
    /// An image that holds nothing but weights.
    Image { reference: String },
    /// A bucket that is read straight into the accelerators' memory.
    Bucket { uri: String },
}

impl Source {
    /// Whether the server fetches files that a cache can keep.
    pub(crate) fn is_downloaded(&self) -> bool {
        matches!(self, Source::Hub | Source::ModelScope)
    }
}

/// Where mounted weights are found.
pub(crate) const WEIGHTS_PATH: &str = "/weights";

/// The model.
pub(crate) struct Model {
    /// What `--model-path` says.
    pub(crate) path: String,
    pub(crate) served_name: String,
    pub(crate) source: Source,
    /// The published weights; none if nothing tells, which is a problem.
    pub(crate) weights_gib: Option<f64>,
    /// The entry of the catalog that tells layers and heads.
    pub(crate) known: Option<&'static models::Model>,
}

impl Model {
    /// What a server downloads beside the weights, in GiB. Only the model itself is known to hold it, not one that is like it.
    pub(crate) fn twice_gib(&self) -> f64 {
        let own = self.known.filter(|it| it.id.eq_ignore_ascii_case(&self.path));
        own.filter(|_| self.source == Source::Hub).map_or(0.0, |it| it.twice_gib)
    }
}

/// Derives the model.
pub(crate) fn model(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) -> Model {
    let id = spec.model.id.as_ref().map_or("", |it| it.as_str());
    let source = spec.model.source.as_ref().map_or(Ok(Source::Hub), |it| source(it.as_str()));
    let source = source.unwrap_or_else(|expected| {
        let written = spec.model.source.as_ref().map_or("", |it| it.as_str());
        let message = format!("`model.source` cannot be `{}`; expected {expected}", written.escape_debug());
        problems.push(Problem::error("SG013", message).at(keys.at("model.source")));
        Source::Hub
    });
    let known = known(spec, keys, problems);
    let written = spec.model.weights_gib.filter(|it| *it > 0.0);
    problems.extend(adapters(spec, &source, keys));
    problems.extend(served_name(spec, keys));
    Model {
        path: path(spec, id, &source),
        served_name: spec.model.served_name.as_ref().map_or(id, |it| it.as_str()).to_owned(),
        weights_gib: written.or(known.map(|it| it.weights_gib)),
        source,
        known,
    }
}

fn known(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) -> Option<&'static models::Model> {
    let id = spec.model.id.as_ref()?.as_str();
    if let Some(like) = &spec.model.like {
        let found = models::find(like.as_str());
        if found.is_none() {
            problems.push(unknown_like(like.as_str()).at(keys.at("model.like")));
        }
        return found;
    }
    let found = models::find(id);
    // A size that cannot be read has a problem of its own.
    if found.is_none() && !keys.has("model.weights-gib") && !keys.has("model.like") {
        problems.push(unknown(id).at(keys.at("model.id")));
    }
    found
}

fn unknown_like(id: &str) -> Problem {
    let message =
        format!("`model.like` names a model that the catalog does not know: `{}`", id.escape_debug());
    let problem = Problem::error("SG106", message);
    match models::nearest(id) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => problem.help("name a model of the catalog, or drop this line and add `weights-gib = …`"),
    }
}

fn unknown(id: &str) -> Problem {
    let message = format!("`model.id` is a model that the catalog does not know: `{}`", id.escape_debug());
    let problem = Problem::error("SG106", message);
    match models::nearest(id) {
        Some(meant) => problem.help(format!(
            "did you mean `{meant}`? Else add `weights-gib = …` (the size of its safetensors), or `like = \"…\"`"
        )),
        None => problem.help(
            "add `weights-gib = …` (the size of its safetensors), and `like = \"…\"` with a model of the same architecture",
        ),
    }
}

/// SGLang fetches an adapter that is no path from the Hub, into the cache of a model of the Hub. Beside any other model it
/// has neither a cache nor a token, and with ModelScope it looks for the adapter's parts at two places.
fn adapters(spec: &Spec, source: &Source, keys: Keys<'_>) -> Vec<Problem> {
    if *source == Source::Hub {
        return Vec::new();
    }
    let ids = spec.model.lora.iter().filter(|(_, path)| !path.as_str().starts_with('/'));
    let problem = |(name, path): (&Label, &Line)| {
        let message = format!(
            "the adapter `{}` would come from the Hub, and the model does not",
            path.as_str().escape_debug()
        );
        let at = keys.0.find("model.lora").and_then(|it| it.get(name.as_str())).and_then(|it| it.place());
        let problem =
            Problem::error("SG016", message).at(at).related(keys.at("model.source"), "the model's source");
        problem.help("write the adapter's path, below a volume of `[mounts]` or below `/weights`")
    };
    ids.map(problem).collect()
}

/// SGLang reads `model:adapter` out of a request's model, and refuses to start with a colon in the name.
fn served_name(spec: &Spec, keys: Keys<'_>) -> Option<Problem> {
    let name = spec.model.served_name.as_ref()?.as_str();
    name.contains(':').then(|| {
        let message = format!(
            "`model.served-name` cannot be `{}`: SGLang parts a model from its adapter by `:`",
            name.escape_debug()
        );
        Problem::error("SG013", message)
            .at(keys.at("model.served-name"))
            .help(format!("write `{}`", name.replace(':', "-").escape_debug()))
    })
}

/// Where the prefetch Job puts a model of ModelScope. A path, since SGLang asks ModelScope about anything else, which the
/// servers' NetworkPolicy forbids once everything is downloaded.
fn prefetched(spec: &Spec, id: &str) -> String {
    let revision = spec.model.revision.as_ref().map_or("master", |it| it.as_str());
    format!("{CACHE_PATH}/modelscope/{id}/{revision}")
}

fn path(spec: &Spec, id: &str, source: &Source) -> String {
    match source {
        Source::ModelScope if is_prefetched(spec, source) => prefetched(spec, id),
        Source::Hub | Source::ModelScope => id.to_owned(),
        Source::Claim { path, .. } if path.is_empty() => WEIGHTS_PATH.to_owned(),
        Source::Claim { path, .. } => format!("{WEIGHTS_PATH}/{path}"),
        Source::Host { .. } | Source::Image { .. } => WEIGHTS_PATH.to_owned(),
        Source::Bucket { uri } => uri.clone(),
    }
}

/// Reads a source, or says what was expected.
fn source(text: &str) -> Result<Source, String> {
    let is_plain =
        |it: &str| !it.is_empty() && !it.contains([' ', ':', '\\']) && it.split('/').all(|it| it != "..");
    let bucket = || Source::Bucket { uri: text.to_owned() };
    match text.split_once("://") {
        None if text == "hf" => Ok(Source::Hub),
        None if text == "modelscope" => Ok(Source::ModelScope),
        Some(("pvc", rest)) => claim(rest).ok_or_else(|| "`pvc://claim/path`".into()),
        Some(("host", path)) if path.starts_with('/') && is_plain(path) => {
            Ok(Source::Host { path: path.to_owned() })
        }
        Some(("host", _)) => Err("`host:///path`, with an absolute path".into()),
        Some(("oci", reference)) => {
            image(reference).ok_or_else(|| "`oci://registry/name@sha256:…`, with its digest".into())
        }
        Some(("s3" | "gs", path)) if is_plain(path) && !path.starts_with('/') => Ok(bucket()),
        Some((scheme @ ("s3" | "gs"), _)) => Err(format!("`{scheme}://bucket/path`")),
        _ => Err(one_of(["hf", "modelscope", "pvc://…", "host:///…", "oci://…", "s3://…", "gs://…"])),
    }
}

fn claim(rest: &str) -> Option<Source> {
    let (claim, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.trim_matches('/');
    let is_path =
        path.is_empty() || path.split('/').all(|it| !it.is_empty() && it != "..") && !path.contains(' ');
    (claim.split('.').all(is_label) && is_path)
        .then(|| Source::Claim { claim: claim.to_owned(), path: path.to_owned() })
}

fn image(reference: &str) -> Option<Source> {
    let (name, digest) = reference.split_once("@sha256:")?;
    let is_digest = digest.len() == 64 && digest.chars().all(|it| matches!(it, '0'..='9' | 'a'..='f'));
    (is_digest && !name.is_empty() && !name.contains([' ', '@']))
        .then(|| Source::Image { reference: reference.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_read_whole_or_refused() {
        assert_eq!(
            source("pvc://models/llama/8b"),
            Ok(Source::Claim { claim: "models".into(), path: "llama/8b".into() })
        );
        assert_eq!(source("s3://bucket/x"), Ok(Source::Bucket { uri: "s3://bucket/x".into() }));
        for wrong in
            ["", "HF", "pvc:///x", "pvc://a/../b", "host://rel", "oci://image:tag", "s3://", "ftp://x"]
        {
            assert!(source(wrong).is_err(), "{wrong}");
        }
    }
}

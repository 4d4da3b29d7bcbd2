//! Keys that go together: caches, weights, mounts, sidecars, accelerators and names.

use std::collections::BTreeMap;

use super::{clash, missing};
use crate::catalog::gpus;
use crate::contract::{Problem, Span};
use crate::derive::cache::CACHE_PATH;
use crate::derive::keys::Keys;
use crate::path::is_within;
use crate::spec::units::{Label, MountName};
use crate::spec::{CacheKind, Jit, Mount, Sidecar, Spec};

pub(super) fn rules(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    cache(spec, keys, problems);
    folders(spec, keys, problems);
    problems.extend(path_of_model(spec, keys));
    weights(spec, keys, problems);
    accelerators(spec, keys, problems);
    spec.mounts.iter().for_each(|(name, mount)| self::mount(name, mount, keys, problems));
    spec.sidecar.iter().for_each(|(name, sidecar)| self::sidecar(name, sidecar, keys, problems));
    ports(spec, keys, problems);
}

fn cache(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let cache = &spec.cache;
    if cache.kind == Some(CacheKind::Claim) && !keys.has("cache.claim") {
        problems.push(
            missing(keys, "cache.claim", "`cache.kind = \"claim\"` mounts it")
                .help("add `claim = \"…\"`")
                .at(keys.at("cache.kind")),
        );
    }
    if cache.kind == Some(CacheKind::Host) && !keys.has("cache.path") {
        problems.push(
            missing(keys, "cache.path", "`cache.kind = \"host\"` mounts it")
                .help("add `path = \"/…\"`")
                .at(keys.at("cache.kind")),
        );
    }
    let is_empty = cache.kind == Some(CacheKind::None);
    if cache.prefetch && (is_empty || !is_downloaded(spec)) {
        let message = "`cache.prefetch` has nothing to fill: the weights are not kept in a cache";
        problems.push(
            clash(keys, "cache.prefetch", message)
                .help("drop this line, or give the service a cache (`cache.kind = \"pvc\"`)"),
        );
    }
    if cache.prefetch && cache.kind == Some(CacheKind::Host) && !is_one_node(spec) {
        let message = "`cache.prefetch` fills the folder of one node, and a server may run on another one";
        problems.push(clash(keys, "cache.prefetch", message).help(
            "drop this line: each node then downloads once; or keep the weights on a volume that nodes share",
        ));
    }
    if cache.jit == Jit::Cache && (is_empty || cache.kind.is_none() && !is_downloaded(spec)) {
        let message = "`cache.jit = \"cache\"` keeps kernels beside the weights, and there is no cache";
        problems
            .push(clash(keys, "cache.jit", message).help("drop this line, or write `cache.kind = \"pvc\"`"));
    }
}

/// Folders that are the node's own. What is below them may be made for models, as `/var/lib/models` is.
const NODES_OWN: &[&str] = &[
    "", "bin", "boot", "dev", "etc", "home", "lib", "lib64", "proc", "root", "run", "sbin", "sys", "usr",
    "var", "var/lib", "var/log", "var/run",
];

/// Folders of the node that the pods would share with all that runs there: root, as a rule, writes the cache.
fn folders(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let path = spec.cache.path.as_ref().filter(|_| spec.cache.kind == Some(CacheKind::Host));
    if let Some(path) = path.filter(|it| is_nodes_own(it.as_str())) {
        let help = "name a folder for models alone, such as `path = \"/var/lib/models\"`";
        problems.push(shared(keys, "cache.path", path.as_str()).help(help));
    }
    let source = spec.model.source.as_ref().map_or("", |it| it.as_str());
    if source.strip_prefix("host://").is_some_and(is_nodes_own) {
        let help = "name a folder for models alone, such as `source = \"host:///var/lib/models\"`";
        problems.push(shared(keys, "model.source", source).help(help));
    }
}

fn is_nodes_own(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').filter(|it| !matches!(*it, "" | ".")).collect();
    path.starts_with('/') && NODES_OWN.contains(&parts.join("/").as_str())
}

fn shared(keys: Keys<'_>, key: &str, written: &str) -> Problem {
    clash(keys, key, format!("`{key}` cannot be `{written}`: the node's own files lie there"))
}

/// Whether the spec names the one node that runs everything.
fn is_one_node(spec: &Spec) -> bool {
    spec.gpu.node.keys().any(|it| it.as_str() == "kubernetes.io/hostname")
}

fn is_downloaded(spec: &Spec) -> bool {
    spec.model.source.as_ref().is_none_or(|it| matches!(it.as_str(), "hf" | "modelscope"))
}

/// SGLang takes a path for a model, too. What a cache that is kept or a mount holds at it, the team knows.
fn path_of_model(spec: &Spec, keys: Keys<'_>) -> Option<Problem> {
    let id = spec.model.id.as_ref()?.as_str();
    let cache = (spec.cache.kind != Some(CacheKind::None)).then_some(CACHE_PATH);
    let mut mounted =
        spec.mounts.values().filter_map(|it| it.path.as_ref()).map(|it| it.as_str()).chain(cache);
    let is_path = id.starts_with(['/', '.', '~']);
    let is_lost =
        is_path && is_downloaded(spec) && !mounted.any(|it| is_within(id, it.trim_end_matches('/')));
    is_lost.then(|| {
        let message = format!("`model.id` cannot be the path `{}`: nothing mounts it", id.escape_debug());
        clash(keys, "model.id", message).help(
            "write the model's id, and where its weights lie: `source = \"pvc://claim/path\"`, or `\"host:///path\"`",
        )
    })
}

/// Keys that look as if they did something.
fn weights(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let source = spec.model.source.as_ref().map_or("hf", |it| it.as_str());
    let unread = |key: &str, why: &str| {
        let message =
            format!("`{key}` is read by nobody: {why} `model.source = \"{}\"`", source.escape_debug());
        Problem::warning("SG016", message).at(keys.at(key)).help("drop this line")
    };
    if spec.model.revision.is_some() && !is_downloaded(spec) {
        problems.push(unread("model.revision", "there are no revisions in"));
    }
    if spec.secrets.hf_token.is_some() && source != "hf" {
        problems.push(unread("secrets.hf-token", "nothing asks the Hub with"));
    }
}

fn accelerators(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let Some(product) = spec.gpu.product.as_ref().filter(|it| gpus::find(it.as_str()).is_none()) else {
        return;
    };
    // Without its memory, the product is taken for a misspelt one.
    if spec.gpu.memory_gib.is_none() {
        return;
    }
    if !keys.has("gpu.compute") {
        let problem =
            missing(keys, "gpu.compute", &format!("the catalog does not know what `{product}` can compute"));
        problems.push(problem.help("add `compute = \"…\"`, such as `\"9.0\"`"));
    }
    if !keys.has("gpu.node") {
        let problem = missing(keys, "gpu.node", &format!("nothing tells which nodes have `{product}`"));
        problems.push(problem.help("add the label of such nodes: `node = { \"…\" = \"…\" }`"));
    }
}

fn place(keys: Keys<'_>, table: &str, name: &str) -> Option<Span> {
    keys.0.get(table).and_then(|it| it.get(name)).and_then(|it| it.place())
}

fn mount(name: &MountName, mount: &Mount, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let node = keys.0.get("mounts").and_then(|it| it.get(name.as_str()));
    let has = |key: &str| node.is_some_and(|it| it.get(key).is_some());
    if mount.path.is_none() && !has("path") {
        let problem = Problem::error(
            "SG015",
            format!("`mounts.{name}.path` is missing: it tells where the files appear"),
        );
        problems.push(problem.at(place(keys, "mounts", name.as_str())).help("add `path = \"/…\"`"));
    }
    if !["secret", "config-map", "claim", "empty"].into_iter().any(has) {
        let problem = Problem::error("SG015", format!("`mounts.{name}` names nothing to mount"));
        problems.push(
            problem
                .at(place(keys, "mounts", name.as_str()))
                .help("add `secret`, `config-map`, `claim` or `empty`"),
        );
    }
}

fn sidecar(name: &Label, sidecar: &Sidecar, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let node = keys.0.get("sidecar").and_then(|it| it.get(name.as_str()));
    if sidecar.image.is_none() && node.is_none_or(|it| it.get("image").is_none()) {
        let problem = Problem::error("SG015", format!("`sidecar.{name}.image` is missing")).at(place(
            keys,
            "sidecar",
            name.as_str(),
        ));
        problems.push(problem.help("add `image = \"registry/name:tag\"`"));
    }
    if name.as_str() == "server" {
        let problem =
            Problem::error("SG016", "a sidecar cannot be called `server`: SGLang's own container is");
        problems.push(problem.at(place(keys, "sidecar", name.as_str())).help("choose another name"));
    }
}

/// Containers of one pod share their ports' numbers, and a Service its ports' names.
fn ports(spec: &Spec, keys: Keys<'_>, problems: &mut Vec<Problem>) {
    let mut numbers = BTreeMap::from([(spec.port.map_or(30_000, |it| it.0), "the server".to_owned())]);
    let mut names = BTreeMap::from([("http", "the server".to_owned())]);
    for (sidecar, name, port) in spec
        .sidecar
        .iter()
        .flat_map(|(it, sidecar)| sidecar.ports.iter().map(move |(name, port)| (it, name, port.0)))
    {
        let at = place(keys, "sidecar", sidecar.as_str());
        let owner = format!("`sidecar.{sidecar}`");
        if let Some(other) = numbers.insert(port, owner.clone()) {
            let problem =
                Problem::error("SG016", format!("port {port} is taken twice: by {other} and by {owner}"));
            problems.push(problem.at(at).help("choose another port: containers of one pod share them"));
        }
        if let Some(other) = names.insert(name.as_str(), owner.clone()) {
            let problem = Problem::error(
                "SG016",
                format!("the port name `{name}` is taken twice: by {other} and by {owner}"),
            );
            problems.push(problem.at(at).help("choose another name: a Service's ports differ by it"));
        }
    }
}

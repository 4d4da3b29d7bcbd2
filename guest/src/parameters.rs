//! The parameters that an Application may set: one table for the announcement, plugin.yaml and the docs.

use crate::catalog::flags::Release;
use crate::contract::{Parameter, ParameterValue, Problem};
use crate::environments::WHOLE;
use crate::problem::{all_of, dotted, nearest, one_of};
use crate::tree::{Node, Value};

/// Every parameter of the default guest, in the order in which a form should show them.
pub const TABLE: &[Parameter] = &[
    text("environment", "Environment", "The environment to expand: one of the spec's `[env.*]` tables."),
    text(
        "image",
        "Image",
        "A full image reference that replaces the spec's: `registry/name:tag`, `registry/name@sha256:…`.",
    ),
    text("image-tag", "Image tag", "Replaces `image.tag`, and clears a digest that the spec gives."),
    text("image-digest", "Image digest", "Replaces `image.digest`, and clears a tag that the spec gives."),
    text("replicas", "Replicas", "Replaces `replicas`."),
    Parameter {
        name: "set",
        title: "Set",
        tooltip: "Replaces any key of the spec: dotted keys and their values, such as `model.context: 16384`.",
        default: ParameterValue::Pairs(Vec::new()),
    },
];

const fn text(name: &'static str, title: &'static str, tooltip: &'static str) -> Parameter {
    Parameter { name, title, tooltip, default: ParameterValue::Text(String::new()) }
}

/// The environment that the parameters choose, if they do.
pub(crate) fn environment(values: &[(String, ParameterValue)]) -> Option<&str> {
    values.iter().find_map(|(name, value)| match value {
        ParameterValue::Text(text) if name == "environment" => Some(text.as_str()),
        _ => None,
    })
}

/// What the parameters say: the last of all layers.
pub(crate) fn layer(values: &[(String, ParameterValue)]) -> (Node, Vec<Problem>) {
    let mut layer = Node::empty();
    let problems = values.iter().flat_map(|(name, value)| write(&mut layer, name, value)).collect();
    (layer, problems)
}

fn write(layer: &mut Node, name: &str, value: &ParameterValue) -> Vec<Problem> {
    let written = match (name, value) {
        ("set", ParameterValue::Pairs(pairs)) => {
            return pairs.iter().filter_map(|(key, value)| set(layer, key, value).err()).collect();
        }
        ("environment", ParameterValue::Text(_)) => Ok(()),
        ("image", ParameterValue::Text(text)) => image(layer, text),
        ("image-tag", ParameterValue::Text(text)) => put(layer, &["image", "tag"], text),
        ("image-digest", ParameterValue::Text(text)) => put(layer, &["image", "digest"], text),
        ("replicas", ParameterValue::Text(text)) => put(layer, &["replicas"], text),
        _ => Err(refused(name)),
    };
    written.err().into_iter().collect()
}

fn refused(name: &str) -> Problem {
    let names = TABLE.iter().map(|it| it.name);
    if TABLE.iter().any(|it| it.name == name) {
        let form = if name == "set" { "a map" } else { "a string" };
        return Problem::error("SG023", format!("the parameter `{name}` takes {form}"))
            .help(format!("give `{name}` as {form}"));
    }
    let problem = Problem::error("SG023", format!("there is no parameter `{}`", name.escape_debug()));
    match nearest(name, names.clone()) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => {
            problem.help(format!("the parameters are {}; `set` reaches every key of the spec", all_of(names)))
        }
    }
}

/// `registry/name:tag` or `registry/name@sha256:…`; with both, the digest counts, since it says more.
fn image(layer: &mut Node, reference: &str) -> Result<(), Problem> {
    let (name, digest) =
        reference.split_once('@').map_or((reference, None), |(name, digest)| (name, Some(digest)));
    let colon = name.rfind(':').filter(|it| !name[*it..].contains('/'));
    let (repo, tag) = colon.map_or((name, None), |it| (&name[..it], Some(&name[it + 1..])));
    put(layer, &["image", "repo"], repo)?;
    match (digest, tag) {
        (Some(digest), tag) => {
            put(layer, &["image", "digest"], digest)?;
            // The tag beside a digest moves nothing, yet it tells SGLang's version.
            let version = tag.and_then(Release::parse_tag);
            version.map_or(Ok(()), |it| put(layer, &["image", "version"], &it.to_string()))
        }
        (None, Some(tag)) => put(layer, &["image", "tag"], tag),
        (None, None) => Err(Problem::error("SG023", "the parameter `image` needs a tag or a digest")
            .help(format!("write `{repo}:TAG` or `{repo}@sha256:…`"))),
    }
}

fn set(layer: &mut Node, key: &str, value: &str) -> Result<(), Problem> {
    let path = split_key(key).filter(|path| !WHOLE.contains(&path[0].as_str()));
    let Some(path) = path else {
        return Err(Problem::error(
            "SG023",
            format!("the parameter `set` cannot set `{}`", key.escape_debug()),
        )
        .help(format!("name a dotted key of the spec, such as `model.context`; not {}", one_of(WHOLE))));
    };
    put(layer, &path, value)
}

fn put<S: AsRef<str>>(layer: &mut Node, path: &[S], text: &str) -> Result<(), Problem> {
    let (last, tables) = path.split_last().expect("a path has a part");
    let mut node = layer;
    for (depth, key) in tables.iter().enumerate() {
        let Value::Table(table) = &mut node.value else { return Err(clash(&path[..depth])) };
        node = table.entry(key.as_ref().to_owned()).or_insert_with(Node::empty);
    }
    let Value::Table(table) = &mut node.value else { return Err(clash(tables)) };
    let value = Node { value: Value::Untyped(text.to_owned()), at: None, key: None };
    match table.insert(last.as_ref().to_owned(), value) {
        Some(before) if before.table().is_some() => Err(clash(path)),
        _ => Ok(()),
    }
}

fn clash<S: AsRef<str>>(path: &[S]) -> Problem {
    let message = format!("the parameters set `{}` both as a value and as a table", dotted(path));
    Problem::error("SG023", message).help("set either the key itself or keys below it")
}

/// Splits a dotted key as TOML does, quoted parts included.
pub(crate) fn split_key(key: &str) -> Option<Vec<String>> {
    let node =
        crate::tree::parse(0, &format!("{key} = 0")).ok().filter(|_| !key.contains(['\n', '=', '#']))?;
    let mut path = Vec::new();
    let mut table = node.table()?;
    loop {
        let (key, node) = table.iter().next()?;
        path.push(key.clone());
        match node.table() {
            Some(inner) => table = inner,
            None => return Some(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_split_as_in_toml() {
        assert_eq!(split_key("a.\"b.c\".d").unwrap(), ["a", "b.c", "d"]);
        for wrong in ["", "a..b", "a b", "a = 1\nb", "[a]"] {
            assert_eq!(split_key(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_full_reference_falls_into_its_parts() {
        let mut layer = Node::empty();
        image(&mut layer, "registry:5000/team/sglang:v0.5.23").unwrap();
        assert_eq!(layer.find("image.repo").unwrap().text(), Some("registry:5000/team/sglang"));
        assert_eq!(layer.find("image.tag").unwrap().text(), Some("v0.5.23"));
        assert_eq!(image(&mut Node::empty(), "registry:5000/sglang").unwrap_err().code, "SG023");
    }
}

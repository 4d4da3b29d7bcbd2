//! Explanations for people: a line for each field, or one field with the lines of the files that made it.

use serde_json::Value;

use crate::explain::cause::{Cause, Leaf, Sources};
use crate::explain::cost::{Cost, Volume, products};
use crate::explain::pods::{Count, Pods, is_device};
use crate::explain::subject::called;
use crate::manifest::{Manifest, Manifests};
use crate::printable;
use crate::render::{self, Style};

/// The longest value that is shown among others.
const CUT: usize = 60;

/// One field, with excerpts.
pub(crate) fn field(manifest: &Manifest, leaf: &Leaf, sources: &Sources, style: Style) -> String {
    let pointer = printable::line(&leaf.pointer);
    let drawn = match &leaf.cause {
        Cause::Written(place) => {
            render::note("written here", &sources.files, std::slice::from_ref(place), style)
        }
        Cause::Defaulted(reason) => render::note(&format!("default: {reason}"), &sources.files, &[], style),
        Cause::Derived { reason, inputs } => {
            render::note(&format!("derived: {reason}"), &sources.files, inputs, style)
        }
        Cause::Unknown => render::note("the guest does not say why", &sources.files, &[], style),
    };
    format!("{} {pointer}{}\n{drawn}\n", called(manifest), whole(&leaf.value))
}

/// A value of several lines stands below its field, each line as it is.
fn whole(value: &Value) -> String {
    match value.as_str() {
        Some(text) if text.contains('\n') => {
            let lines = text.lines().map(|it| format!("    {}\n", printable::line(it)));
            format!(":\n{}", lines.collect::<String>())
        }
        _ => format!(" = {}\n", printable::line(&value.to_string())),
    }
}

/// A line for each field: what it is, and why.
pub(crate) fn fields(leaves: &[Leaf]) -> String {
    let line =
        |it: &Leaf| format!("{} = {}  {}\n", printable::line(&it.pointer), cut(&it.value), why(&it.cause));
    leaves.iter().map(line).collect()
}

fn cut(value: &Value) -> String {
    let text = value.to_string();
    let text = printable::line(&text);
    match text.char_indices().nth(CUT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

/// A cause in one line.
fn why(cause: &Cause) -> String {
    match cause {
        Cause::Written(place) => place.to_string(),
        Cause::Defaulted(reason) => format!("default: {reason}"),
        Cause::Derived { reason, inputs } if inputs.is_empty() => format!("derived: {reason}"),
        Cause::Derived { reason, inputs } => {
            let places: Vec<String> = inputs.iter().map(ToString::to_string).collect();
            format!("derived: {reason} ({})", places.join(", "))
        }
        Cause::Unknown => String::from("the guest does not say why"),
    }
}

/// What the environment costs, and its objects.
pub(crate) fn summary(manifests: &Manifests, sources: &Sources) -> String {
    let cost = Cost::of(manifests);
    let total = cost.total.iter().map(|((resource, product), sum)| {
        let product = if product.is_empty() { String::new() } else { format!(" ({product})") };
        format!("{} {sum}{product}", printable::line(resource))
    });
    let objects = manifests.iter().map(|it| format!("{}  {}", called(it), why(&sources.of_object(it))));
    [
        section("in total, while it runs", total.collect()),
        section("pods", cost.pods.iter().map(pods).collect()),
        section("volumes", cost.volumes.iter().map(volume).collect()),
        section("objects", objects.collect()),
    ]
    .into_iter()
    .filter(|it| !it.is_empty())
    .collect::<Vec<_>>()
    .join("\n")
}

fn section(title: &str, lines: Vec<String>) -> String {
    if lines.is_empty() {
        return String::new();
    }
    format!("{title}:\n{}", lines.iter().map(|it| format!("  {it}\n")).collect::<String>())
}

fn pods(pods: &Pods) -> String {
    let count = match pods.count {
        Count::Standing(1) => String::from("1 pod with"),
        Count::Standing(count) => format!("{count} pods, each with"),
        Count::UntilDone(1) => String::from("1 pod until it is done, with"),
        Count::UntilDone(count) => format!("{count} pods until they are done, each with"),
        Count::Open => String::from("the number of pods is left open, each with"),
    };
    let product = products(pods);
    let requests =
        pods.requests.iter().map(|(resource, sum)| match is_device(resource) && !product.is_empty() {
            true => format!("{} {sum} ({product})", printable::line(resource)),
            false => format!("{} {sum}", printable::line(resource)),
        });
    let requests: Vec<String> = requests.collect();
    let requests = if requests.is_empty() { String::from("no request") } else { requests.join(", ") };
    format!("{}  {count} {requests}", pods.object)
}

fn volume(volume: &Volume) -> String {
    let class = match &volume.class {
        Some(class) => format!("of class {class}"),
        None => String::from("of the cluster's default class"),
    };
    let count = match volume.count {
        Some(1) => String::new(),
        Some(count) => format!("{count} × "),
        None => String::from("for each pod "),
    };
    format!("{}  {count}{} {class}", volume.object, volume.size)
}

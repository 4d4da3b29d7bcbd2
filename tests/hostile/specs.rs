//! Specs that mean harm, given to the default guest.
//!
//! Whole outputs stand in `tests/cases`, and what Go's readers make of them in `tests/conformance`. Here it counts that none
//! harms the process.

use std::fs;
use std::os::unix::fs::symlink;

use anyhow::ensure;

use crate::attempt::{Repository, SPEC};
use crate::row::Row;
use crate::specs::texts::TEXTS;

mod texts;

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    rows.extend(lines());
    rows.extend(whole_files());
    rows.extend(repositories());
    rows.extend(texts());
    rows.push(same_output("B-18", "keys-in-another-order", &reversed(SPEC)));
    rows.push(same_output("B-18", "comments-and-blanks", &SPEC.replace('\n', "   # why not\n\n\t\n")));
    rows
}

/// Lines behind a spec that is good without them.
fn lines() -> Vec<Row> {
    let deep = |open: &str, close: &str, n: usize| format!("x = {}1{}", open.repeat(n), close.repeat(n));
    let name = |it: &str| format!("\n[vars]\n{it} = \"x\"");
    [
        ("B-01", "a-hundred-thousand-arrays-in-each-other", "SG010", deep("[", "]", 100_000)),
        ("B-01", "tables-in-each-other", "SG010", deep("{a=", "}", 50_000)),
        ("B-01", "a-key-of-a-hundred-thousand-parts", "SG010", format!("{} = 1", ["a"; 100_000].join("."))),
        ("B-01", "a-header-of-a-hundred-thousand-parts", "SG010", format!("[{}]", ["a"; 100_000].join("."))),
        ("B-02", "too-many-keys", "SG002", (0..20_000).map(|it| format!("k{it} = 1\n")).collect()),
        ("B-02", "too-many-tables-in-a-list", "SG002", "[[a]]\n".repeat(20_000)),
        ("B-02", "a-list-that-is-too-long", "SG002", format!("x = [{}]", "0,".repeat(100_000))),
        ("B-03", "a-number-beyond-64-bits", "SG010", String::from("replicas = 9223372036854775808")),
        (
            "B-03",
            "a-hexadecimal-number-beyond-64-bits",
            "SG010",
            String::from("replicas = 0xffff_ffff_ffff_ffff"),
        ),
        ("B-03", "a-number-beyond-all-doubles", "SG010", String::from("replicas = 1e999")),
        ("B-03", "not-a-number", "SG010", String::from("resources.cpu = nan")),
        ("B-03", "infinity", "SG010", String::from("resources.cpu = inf")),
        ("B-03", "minus-zero", "SG012", String::from("replicas = -0.0")),
        ("B-04", "a-key-that-there-is-not", "SG011", String::from("replica = 1")),
        ("B-04", "a-text-for-a-number", "SG012", String::from("replicas = \"1\"")),
        ("B-05", "a-key-twice-in-a-spec", "SG010", String::from("port = 1\nport = 1")),
        ("B-05", "a-table-over-a-dotted-key", "SG010", String::from("[model]\nid = \"x\"")),
        ("B-05", "a-value-and-then-a-table", "SG010", String::from("name.x = 1")),
        ("B-10", "a-whole-number-beyond-2-53", "SG013", String::from("replicas = 9007199254740993")),
        ("B-11", "a-cyrillic-letter-in-a-name", "SG013", String::from("namespace = \"lla\u{43c}a\"")),
        ("B-11", "a-joiner-that-nobody-sees", "SG013", String::from("namespace = \"lla\u{200d}ma\"")),
        ("B-11", "writing-that-turns-around", "SG013", String::from("namespace = \"lla\u{202e}ma\"")),
        ("B-11", "an-accent-of-its-own", "SG013", String::from("namespace = \"lle\u{301}ma\"")),
        ("B-12", "a-namespace-of-64-letters", "SG013", format!("namespace = \"{}\"", "a".repeat(64))),
        ("B-12", "a-namespace-of-two-dots", "SG013", String::from("namespace = \"..\"")),
        ("B-12", "no-namespace", "SG013", String::from("namespace = \"\"")),
        ("B-12", "a-namespace-with-a-dash-at-its-end", "SG013", String::from("namespace = \"a-\"")),
        ("B-13", "a-label-of-64-letters", "SG013", format!("labels.a = \"{}\"", "a".repeat(64))),
        ("B-13", "a-label-with-a-bad-prefix", "SG013", String::from("labels.\"-/a\" = \"a\"")),
        ("B-14", "a-variable-that-begins-with-a-digit", "SG013", name("1A")),
        ("B-14", "a-variable-with-a-newline", "SG013", name("\"A\\nB\"")),
        ("B-14", "a-variable-with-an-equals-sign", "SG013", name("\"A=B\"")),
        ("B-14", "a-variable-without-a-name", "SG013", name("\"\"")),
        ("B-15", "port-0", "SG013", String::from("port = 0")),
        ("B-15", "port-65536", "SG013", String::from("port = 65536")),
        ("B-15", "a-port-below-zero", "SG013", String::from("port = -1")),
        ("B-15", "a-quantity-below-zero", "SG013", String::from("resources.memory = \"-1Gi\"")),
        ("B-15", "a-quantity-in-hexadecimal", "SG013", String::from("resources.memory = \"0x10\"")),
        ("B-15", "a-digest-that-is-too-short", "SG013,SG024", String::from("image.digest = \"sha256:abc\"")),
        ("B-15", "an-image-with-a-blank", "SG013", String::from("image.repo = \"a b\"")),
    ]
    .into_iter()
    .map(|(id, name, expected, line)| spec(id, name, expected, format!("{SPEC}{line}\n")))
    .collect()
}

fn whole_files() -> Vec<Row> {
    let utf_16: Vec<u8> = format!("\u{feff}{SPEC}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        spec("B-02", "a-byte-more-than-256-kibibytes", "SG002", "#".repeat((256 << 10) + 1)),
        spec("B-06", "no-utf-8", "SG003", [SPEC.as_bytes(), b"# \xff\n"].concat()),
        spec("B-06", "utf-16", "SG003", utf_16),
        spec("B-06", "a-nul-between-lines", "SG010", format!("{SPEC}\0\n")),
        spec("B-06", "a-carriage-return-alone", "SG010", SPEC.replace('\n', "\r")),
        same_output("B-06", "a-byte-order-mark", &format!("\u{feff}{SPEC}")),
        same_output("B-06", "lines-that-end-as-in-windows", &SPEC.replace('\n', "\r\n")),
        spec("B-17", "an-empty-spec", "SG001", ""),
        spec("B-17", "nothing-but-comments", "SG001", "# llama\n"),
    ]
}

fn repositories() -> Vec<Row> {
    let extends = |path: &str| format!("{SPEC}extends = \"{path}\"\n");
    let outside = extends("../outside.toml");
    let absolute = extends("/proc/self/environ");
    let linked = extends("base.toml");
    vec![
        spec("B-17", "a-base-outside-of-the-repository", "SG006", outside),
        spec("B-17", "the-environment-of-the-host-as-a-base", "SG006", absolute),
        repository("B-17", "a-link-that-leads-out", "SG006", move |it| {
            fs::write(it.path("sglang.toml"), &linked)?;
            Ok(symlink("../outside.toml", it.path("base.toml"))?)
        }),
        repository("B-17", "a-spec-that-is-a-link-to-the-environment", "SG006", |it| {
            Ok(symlink("/proc/self/environ", it.path("sglang.toml"))?)
        }),
        repository("B-17", "a-spec-that-is-a-link-to-itself", "SG005", |it| {
            Ok(symlink("sglang.toml", it.path("sglang.toml"))?)
        }),
        repository("B-17", "a-spec-that-is-a-folder", "SG005", |it| {
            Ok(fs::create_dir(it.path("sglang.toml"))?)
        }),
        repository("B-17", "a-spec-that-is-a-pipe", "SG005", |it| {
            Ok(rustix::fs::mkfifoat(rustix::fs::CWD, it.path("sglang.toml"), 0o600.into())?)
        }),
        repository("B-17", "no-spec", "SG001", |_| Ok(())),
    ]
}

/// Each group of texts in every place that takes any text: they must come out byte for byte.
fn texts() -> Vec<Row> {
    TEXTS.iter().map(|(id, name, texts)| carried(id, name, texts)).collect()
}

fn carried(id: &str, name: &str, texts: &'static [&'static str]) -> Row {
    Row::new(id, name, "ok", |host| {
        let quoted: Vec<String> = texts.iter().map(|it| quoted(it)).collect();
        let variables: String = quoted.iter().enumerate().map(|(n, it)| format!("V{n} = {it}\n")).collect();
        let notes: String =
            quoted.iter().enumerate().map(|(n, it)| format!("\"example.com/v{n}\" = {it}\n")).collect();
        let seen = host.expand(format!("{SPEC}\n[vars]\n{variables}\n[annotations]\n{notes}"))?;
        let found = texts_of(&seen.output)?;
        for text in texts.iter().filter(|_| seen.code == "ok") {
            let n = found.iter().filter(|it| it == text).count();
            ensure!(n >= 2, "{text:?} came out {n} times");
        }
        Ok(seen)
    })
}

/// As TOML writes it.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|it| match it {
        '"' | '\\' => format!("\\{it}"),
        it if it.is_control() => format!("\\u{:04x}", u32::from(it)),
        it => it.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// All strings of all manifests, read from their JSON.
fn texts_of(output: &str) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for line in output.lines().filter(|it| it.starts_with('{')) {
        collect(serde_json::from_str(line)?, &mut found);
    }
    Ok(found)
}

fn collect(value: serde_json::Value, found: &mut Vec<String>) {
    match value {
        serde_json::Value::String(it) => found.push(it),
        serde_json::Value::Array(items) => items.into_iter().for_each(|it| collect(it, found)),
        serde_json::Value::Object(entries) => entries.into_iter().for_each(|(_, it)| collect(it, found)),
        _ => {}
    }
}

fn spec(id: &str, name: &str, expected: &str, spec: impl Into<Vec<u8>>) -> Row {
    let spec = spec.into();
    Row::new(id, name, expected, move |host| host.expand(&spec))
}

fn repository(
    id: &str,
    name: &str,
    expected: &str,
    lay: impl Fn(&Repository) -> anyhow::Result<()> + 'static,
) -> Row {
    Row::new(id, name, expected, move |host| {
        let repository = Repository::empty()?;
        lay(&repository)?;
        host.expand_repository(&repository)
    })
}

/// A spec that says the same in another way.
fn same_output(id: &str, name: &str, spec: &str) -> Row {
    let spec = spec.to_owned();
    Row::new(id, name, "ok", move |host| {
        let seen = host.expand(&spec)?;
        ensure!(seen.output == host.canary()?, "it gives other manifests: {}", seen.text);
        Ok(seen)
    })
}

fn reversed(spec: &str) -> String {
    spec.lines().rev().map(|it| format!("{it}\n")).collect()
}

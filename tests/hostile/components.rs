//! Guests that are too large to write down, or made of parts that no tool puts together.

use std::fmt::Write;
use std::fs;

use anyhow::ensure;
use cmp_host::guest::Binary;
use wit_component::StringEncoding;

use crate::attempt::{self, Host, SPEC};
use crate::row::{Row, Seen};
use crate::support::sections::{MODULE, count, number, section};
use crate::support::{component, project};

const CORE_MODULE: u8 = 1;
const CORE_INSTANCE: u8 = 2;

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row("A-05", "a-hundred-memories", "GUEST_MEMORY", || of_fields(&"(memory 992)".repeat(99))),
        row("A-06", "nine-hundred-instances-with-a-memory-each", "GUEST_MEMORY", || with_instances(900)),
        row("A-07", "sixty-tables-that-are-too-much-together", "GUEST_MEMORY", || {
            of_fields(&"(table 9999 funcref)".repeat(60))
        }),
        row("A-07", "ninety-tables", "GUEST_MEMORY", || of_fields(&"(table 1 funcref)".repeat(90))),
        row("A-11", "recursion-with-a-frame-of-many-values", "GUEST_STACK", || {
            of_fields(&wide_recursion(2_000))
        }),
        row("A-28", "imports-with-names-that-are-very-long", "GUEST_IMPORT_DENIED", || {
            wide_component("import", 200, "(func)")
        }),
        row("A-28", "exports-with-names-that-are-very-long", "GUEST_WORLD_MISMATCH", || {
            wide_component("export", 200, "(instance $it)")
        }),
        Row::new("A-37", "what-it-was-given-is-the-spec", "ok", given),
        Row::new("A-40", "as-many-problems-as-are-allowed-in-a-large-spec", "X1", many_problems),
    ]
}

/// Without this, the guest that gives its input away could look in the wrong place.
fn given(host: &Host) -> anyhow::Result<Seen> {
    let text = fs::read_to_string(project::path("tests/guests/all-that-it-was-given-as-a-manifest.wat"))?;
    let seen = host.bring(component::of_text(&text, StringEncoding::UTF8, None)?, &attempt::budget())?;
    ensure!(
        seen.output.contains(&base16ct::lower::encode_string(SPEC.as_bytes())),
        "the spec is not in {}",
        seen.output
    );
    Ok(seen)
}

/// The host looks up the place of each in a quarter of a megabyte.
fn many_problems(host: &Host) -> anyhow::Result<Seen> {
    let text = fs::read_to_string(project::path("tests/guests/problems-that-nobody-can-read.wat"))?;
    let text = text.replace("i32.const 50000", "i32.const 500").replace(r"\50\c3", r"\f4\01");
    let binary = Binary::of(component::of_text(&text, StringEncoding::UTF8, None)?);
    let lines: String = (0..20_000).map(|it| format!("k{it} = 1\n")).collect();
    host.bring_for(&format!("{SPEC}{lines}"), &binary, &attempt::budget())
}

fn row(id: &str, name: &str, expected: &str, bytes: fn() -> anyhow::Result<Vec<u8>>) -> Row {
    Row::new(id, name, expected, move |host| host.bring(bytes()?, &attempt::budget()))
}

fn of_fields(fields: &str) -> anyhow::Result<Vec<u8>> {
    component::of_text(&format!("(module {fields})"), StringEncoding::UTF8, None)
}

/// A good guest, and beside it one module that is instantiated again and again.
fn with_instances(n: usize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = of_fields("")?;
    let index = number(count(&bytes, CORE_MODULE));
    // A module with one memory of one page.
    let module = [MODULE, &section(5, &[1, 0, 1])].concat();
    bytes.extend(section(CORE_MODULE, &module));
    let instance = [&[0], index.as_slice(), &[0]].concat();
    bytes.extend(section(CORE_INSTANCE, &[number(n), instance.repeat(n)].concat()));
    Ok(bytes)
}

/// A function that needs `n` values after it has called itself, so that all of them lie on the stack.
fn wide_recursion(n: usize) -> String {
    let mut before = String::new();
    let mut after = String::new();
    for index in 0..n {
        let at = index * 8;
        write!(before, "(local.set {index} (i64.load (i32.const {at})))").expect("a string takes every text");
        write!(after, "(i64.store (i32.const {at}) (local.get {index}))").expect("a string takes every text");
    }
    format!(
        r#"(func $again (local {}) {before} (call $again) {after})
        (func (export "expand") (param i32) (result i32) (call $again) (i32.const 0))"#,
        "i64 ".repeat(n)
    )
}

/// Names of 500 letters; together they are 100 KB.
fn wide_component(what: &str, n: usize, item: &str) -> anyhow::Result<Vec<u8>> {
    let mut text = String::from("(component (instance $it)");
    for index in 0..n {
        let name = format!("a{index}{}", "b".repeat(500));
        write!(text, "({what} \"{name}\" {item})")?;
    }
    component::of_text(&(text + ")"), StringEncoding::UTF8, None)
}

//! Components from WebAssembly text: a core module becomes a guest that keeps the contract.

use anyhow::Context;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::project;

/// The export that the contract asks for; a module of tests says `expand` for `INTERFACE#expand`.
const INTERFACE: &str = "cmp-host:expander/expander@0.1.0";
/// The contract's functions, as a module exports them, and the one that frees an answer.
const FUNCTIONS: [&str; 7] =
    ["describe", "inputs", "environments", "settings", "init", "cabi_post_expand", "expand"];

/// What stands in for each export that a module leaves out. It answers with `ok` and one ConfigMap called `a`.
///
/// All of it lies at 16384 and above. Arguments are laid from 32768 on, and nobody frees them.
const DEFAULTS: [(&str, &str); 8] = [
    ("memory", r#"(memory (export "memory") 16)"#),
    ("cabi_realloc", REALLOC),
    ("describe", r#"(func (export "describe") (result i32) (i32.const 16384))"#),
    ("inputs", r#"(func (export "inputs") (param i32 i32) (result i32) (i32.const 16384))"#),
    ("environments", r#"(func (export "environments") (param i32 i32) (result i32) (i32.const 16384))"#),
    ("settings", r#"(func (export "settings") (param i32 i32 i32 i32 i32) (result i32) (i32.const 16384))"#),
    ("init", r#"(func (export "init") (param i32 i32) (result i32) (i32.const 16384))"#),
    ("expand", EXPAND),
];

const REALLOC: &str = r#"
  (global $default_top (mut i32) (i32.const 32768))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $default_top) (i32.const 7)) (i32.const -8)))
    (global.set $default_top (i32.add (local.get $at) (local.get 3)))
    (local.get $at))"#;

const EXPAND: &str = r#"
  (data (i32.const 16448) "\00\00\00\00\60\40\00\00\01\00\00\00")
  (data (i32.const 16480) "\70\40\00\00\3e\00\00\00")
  (data (i32.const 16496) "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}")
  (func (export "expand") (param i32) (result i32) (i32.const 16448))"#;

/// A component from text: as it is if it is one, and else a guest around the module.
pub(crate) fn of_text(text: &str, encoding: StringEncoding, world: Option<&str>) -> anyhow::Result<Vec<u8>> {
    if !is_module(text) {
        return wat::parse_str(text).context("the component's text");
    }
    let mut module = wat::parse_str(completed(text)).context("the module's text")?;
    let mut resolve = Resolve::default();
    let (mut package, _) = resolve.push_dir(project::path("wit"))?;
    if let Some(world) = world {
        package = resolve.push_str("test.wit", world)?;
    }
    let world = resolve.select_world(&[package], Some("guest"))?;
    embed_component_metadata(&mut module, &resolve, world, encoding)?;
    // Whether it is valid is for the host to say.
    ComponentEncoder::default().module(&module)?.validate(false).encode()
}

fn is_module(text: &str) -> bool {
    text.lines().any(|it| it.starts_with("(module"))
}

/// With all exports that the contract asks for, under their whole names.
fn completed(text: &str) -> String {
    let open = text.rfind(')').map_or(text, |end| &text[..end]);
    let missing = DEFAULTS.iter().filter(|(name, _)| !text.contains(&format!("(export \"{name}\")")));
    let missing: String = missing.map(|(_, fields)| *fields).collect();
    let mut whole = format!("{open}\n  {missing})");
    for name in FUNCTIONS {
        let full = match name.strip_prefix("cabi_post_") {
            Some(name) => format!("cabi_post_{INTERFACE}#{name}"),
            None => format!("{INTERFACE}#{name}"),
        };
        whole = whole.replace(&format!("(export \"{name}\")"), &format!("(export \"{full}\")"));
    }
    whole
}

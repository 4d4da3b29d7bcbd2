//! Three guests that keep the contract's types and break its promises, in WebAssembly text.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::support::project;

/// Crashes over an empty spec.
pub(crate) fn crashes() -> anyhow::Result<Vec<u8>> {
    encode("(if (i32.eqz (local.get $length)) (then (unreachable)))", 0, NONE)
}

/// Finds its problem in bytes that the spec does not have.
pub(crate) fn points_outside() -> anyhow::Result<Vec<u8>> {
    encode("", 1 << 20, NONE)
}

/// Takes a spec that begins with `g`, and gives a manifest without a name for it, and a setting whose key is no key.
pub(crate) fn names_nothing() -> anyhow::Result<Vec<u8>> {
    let is_good = "(i32.and (i32.ne (local.get $length) (i32.const 0))
                            (i32.eq (i32.load8_u (local.get $text)) (i32.const 103)))";
    let nobody_chose = "(i32.eqz (i32.load8_u offset=8 (local.get $request)))";
    encode(&format!("(if (i32.and {is_good} {nobody_chose}) (then (return (i32.const 512))))"), 0, SETTING)
}

/// Where the module has an empty answer.
const NONE: u32 = 64;
/// Where it has one of a setting, the image's tag, at the key `it is wrong`.
const SETTING: u32 = 768;

/// The module below, with its answer about settings, and with some instructions before its expansion: one problem, in the
/// spec's bytes `0..end`.
fn encode(before: &str, end: u32, settings: u32) -> anyhow::Result<Vec<u8>> {
    let text = MODULE.replace("BEFORE", before).replace("END", &words(&[0, 0, end]));
    let text = text.replace("SETTINGS", &settings.to_string());
    let mut module = wat::parse_str(text)?;
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(project::path("wit"))?;
    let world = resolve.select_world(&[package], Some("guest"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    ComponentEncoder::default().module(&module)?.validate(true).encode()
}

fn words(words: &[u32]) -> String {
    words.iter().flat_map(|it| it.to_le_bytes()).map(|it| format!("\\{it:02x}")).collect()
}

/// Texts stand from 1024 on, records before them: `describe` at 0, an empty answer at 64, one problem at 128 and the
/// answer that has it at 256, one manifest at 384 and the answer that has it at 512. What is not written is zero: an
/// empty text, an empty list, `ok`, `none`. Arguments are laid behind the first page.
const MODULE: &str = r#"(module
  (memory (export "memory") 64)
  (global $top (mut i32) (i32.const 65536))
  (data (i32.const 1024) "wrong1{}W001it is wrong")
  (data (i32.const 1056) "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{}}")
  (data (i32.const 0) "\00\04\00\00\05\00\00\00\05\04\00\00\01\00\00\00\06\04\00\00\02\00\00\00")
  (data (i32.const 128) "\00\00\00\00\08\04\00\00\04\00\00\00\0c\04\00\00\0b\00\00\00\01\00\00\00\00\00\00\00END")
  (data (i32.const 256) "\01\00\00\00\80\00\00\00\01\00\00\00")
  (data (i32.const 384) "\20\04\00\00\34\00\00\00")
  (data (i32.const 512) "\00\00\00\00\80\01\00\00\01\00\00\00")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
    (global.set $top (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func (export "cmp-host:expander/expander@0.1.0#describe") (result i32) (i32.const 0))
  (func (export "cmp-host:expander/expander@0.1.0#inputs") (param i32 i32) (result i32) (i32.const 64))
  (func (export "cmp-host:expander/expander@0.1.0#environments") (param i32 i32) (result i32) (i32.const 64))
  (func (export "cmp-host:expander/expander@0.1.0#settings") (param i32 i32 i32 i32 i32) (result i32) (i32.const SETTINGS))
  (data (i32.const 768) "\00\00\00\00\20\03\00\00\01\00\00\00")
  (data (i32.const 800) "\01\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\0c\04\00\00\0b\00\00\00")
  (func (export "cmp-host:expander/expander@0.1.0#init") (param i32 i32) (result i32) (i32.const 640))
  (data (i32.const 640) "\01\00\00\00\c0\02\00\00\01\00\00\00")
  (data (i32.const 704) "\00\00\00\00\08\04\00\00\04\00\00\00\0c\04\00\00\0b\00\00\00")
  (func (export "cmp-host:expander/expander@0.1.0#expand") (param $request i32) (result i32)
    (local $text i32) (local $length i32)
    (local.set $text (i32.load offset=8 (i32.load (local.get $request))))
    (local.set $length (i32.load offset=12 (i32.load (local.get $request))))
    BEFORE
    (i32.const 256)))"#;

//! Guests of a few lines of WebAssembly text: they keep the contract, and answer the same whatever they are asked.

use std::fmt::Write;

use anyhow::Context;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::project;

/// What a guest answers, and what it does before that.
#[derive(Clone, Default)]
pub(crate) struct WatGuest {
    /// The texts of its manifests.
    pub(crate) manifests: Vec<String>,
    /// A file that it asks for.
    pub(crate) input: Option<&'static str>,
    /// Instructions of `expand`, before it answers.
    pub(crate) before: &'static str,
    /// Further fields of its module.
    pub(crate) fields: &'static str,
    /// Further imports of its module, which come before all other fields.
    pub(crate) imports: &'static str,
    /// A world that has more exports than the contract's.
    pub(crate) world: Option<&'static str>,
}

/// Where the records stand in memory, each with room for what it holds.
const DESCRIBED: usize = 0;
const INPUTS: usize = 48;
const NOTHING: usize = 64;
const EXPANDED: usize = 80;
const INPUT: usize = 112;
const MANIFESTS: usize = 256;
const MANIFEST: usize = 16;

impl WatGuest {
    /// One that gives a ConfigMap of this name.
    pub(crate) fn of(name: &str) -> WatGuest {
        let manifest = format!(r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{name}"}}}}"#);
        WatGuest { manifests: vec![manifest], ..WatGuest::default() }
    }

    /// The component.
    pub(crate) fn bytes(&self) -> anyhow::Result<Vec<u8>> {
        let mut module = wat::parse_str(self.text()).context("the guest's text")?;
        let mut resolve = Resolve::default();
        let (mut package, _) = resolve.push_dir(project::path("wit"))?;
        if let Some(world) = self.world {
            package = resolve.push_str("test.wit", world)?;
        }
        let world = resolve.select_world(&[package], Some("guest"))?;
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
        ComponentEncoder::default().module(&module)?.validate(true).encode()
    }

    fn text(&self) -> String {
        let memory = self.memory();
        let data: String = memory.iter().fold(String::new(), |mut text, byte| {
            write!(text, "\\{byte:02x}").expect("a string takes every text");
            text
        });
        // Arguments are laid behind the data, and never read.
        let heap = memory.len().next_multiple_of(8);
        let WatGuest { before, fields, imports, .. } = self;
        format!(
            r#"(module
  {imports}
  (memory (export "memory") 16)
  (global $top (mut i32) (i32.const {heap}))
  {fields}
  (data (i32.const 0) "{data}")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
    (global.set $top (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func (export "cmp-host:expander/expander@0.1.0#describe") (result i32) (i32.const {DESCRIBED}))
  (func (export "cmp-host:expander/expander@0.1.0#inputs") (param i32 i32) (result i32) (i32.const {INPUTS}))
  (func (export "cmp-host:expander/expander@0.1.0#environments") (param i32 i32) (result i32) (i32.const {NOTHING}))
  (func (export "cmp-host:expander/expander@0.1.0#settings") (param i32 i32 i32 i32 i32) (result i32) (i32.const {NOTHING}))
  (func (export "cmp-host:expander/expander@0.1.0#init") (param i32 i32) (result i32) (i32.const {NOTHING}))
  (func (export "cmp-host:expander/expander@0.1.0#expand") (param i32) (result i32)
    {before}
    (i32.const {EXPANDED})))"#
        )
    }

    /// Zero is an empty text, an empty list, `ok` and `none`; so only what is there needs to be written.
    fn memory(&self) -> Vec<u8> {
        let mut memory = vec![0; MANIFESTS + MANIFEST * self.manifests.len()];
        list(&mut memory, EXPANDED + 4, MANIFESTS, self.manifests.len());
        for (index, manifest) in self.manifests.iter().enumerate() {
            text(&mut memory, MANIFESTS + MANIFEST * index, manifest);
        }
        if let Some(path) = self.input {
            list(&mut memory, INPUTS + 4, INPUT, 1);
            text(&mut memory, INPUT, path);
        }
        memory
    }
}

fn text(memory: &mut Vec<u8>, at: usize, text: &str) {
    let start = memory.len();
    memory.extend_from_slice(text.as_bytes());
    list(memory, at, start, text.len());
}

/// A pointer and a length.
fn list(memory: &mut [u8], at: usize, start: usize, length: usize) {
    let word = |it: usize| u32::try_from(it).expect("a guest's memory is small").to_le_bytes();
    memory[at..at + 4].copy_from_slice(&word(start));
    memory[at + 4..at + 8].copy_from_slice(&word(length));
}

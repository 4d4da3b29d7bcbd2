//! What a component is made of, told from its bytes alone: nothing is compiled, nothing runs.
//!
//! The compiler takes minutes for a few hundred kilobytes that are built to hurt, so what is beyond all use is refused here.
//! The parser is wasmtime's own, of the same version: what it skips over, wasmtime will not find either.

use std::collections::BTreeSet;

use wasmparser::{ComponentExternName, KnownCustom, Parser, Payload, ProducersSectionReader};

use crate::guest::compile::CompileLimits;
use crate::guest::failure::Failure;
use crate::guest::v0_1;

/// What a component asks of its host, and what it offers, whether or not it can serve as a guest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// The names of its imports.
    pub imports: Vec<String>,
    /// The names of its exports.
    pub exports: Vec<String>,
    /// What made it, as it says itself: `rustc`, `componentize-py`.
    pub tools: BTreeSet<String>,
}

impl Outline {
    /// The version of the contract that it keeps.
    pub fn world(&self) -> Option<&str> {
        self.exports.iter().map(String::as_str).find(|it| it.starts_with(v0_1::EXPORT))
    }

    /// Refuses what cannot serve as a guest.
    pub(crate) fn require_guest(&self) -> Result<(), Failure> {
        if !self.imports.is_empty() {
            return Err(Failure::ImportDenied { imports: self.imports.clone(), tools: self.makers() });
        }
        if self.world().is_none() {
            let found = match self.exports.as_slice() {
                [] => String::from("it exports nothing"),
                names => format!("it exports `{}`", names.join("`, `")),
            };
            return Err(Failure::WorldMismatch(found));
        }
        Ok(())
    }

    /// The tools that made it. Some say nothing of themselves, and name `rustc` alone, since their runtime is Rust; they are
    /// known by what they export beside the contract.
    fn makers(&self) -> Vec<String> {
        let exports = |name: &str| self.exports.iter().any(|it| it == name);
        let silent = [("exports", "componentize-py"), ("init", "componentize-qjs")];
        let silent = silent.into_iter().filter(|(export, _)| exports(export));
        silent.map(|(_, tool)| tool.to_owned()).chain(self.tools.iter().cloned()).collect()
    }
}

/// What was counted so far.
#[derive(Default)]
struct Count {
    depth: u64,
    modules: u64,
    components: u64,
    functions: u64,
    code: u64,
    items: u64,
    instance: u64,
}

/// Walks over all sections of a component and of what it nests, and refuses it at the first limit.
pub(crate) fn outline(bytes: &[u8], limits: &CompileLimits) -> Result<Outline, Failure> {
    let mut outline = Outline::default();
    let mut count = Count::default();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.map_err(invalid)?;
        count.add(&payload, limits)?;
        outline.add(payload, count.depth).map_err(invalid)?;
    }
    Ok(outline)
}

fn invalid(error: wasmparser::BinaryReaderError) -> Failure {
    Failure::Invalid(error.to_string())
}

impl Outline {
    /// Takes down what the component itself imports and exports; `depth` is zero for nothing else.
    fn add(&mut self, payload: Payload<'_>, depth: u64) -> wasmparser::Result<()> {
        let name = |it: ComponentExternName<'_>| it.name.to_owned();
        match payload {
            Payload::ComponentImportSection(imports) if depth == 0 => {
                for import in imports {
                    self.imports.push(name(import?.name));
                }
            }
            Payload::ComponentExportSection(exports) if depth == 0 => {
                for export in exports {
                    self.exports.push(name(export?.name));
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Producers(producers) = section.as_known() {
                    // A section that nobody checks may hold anything.
                    self.tools.extend(tools(producers).unwrap_or_default());
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn tools(producers: ProducersSectionReader<'_>) -> wasmparser::Result<Vec<String>> {
    let mut tools = Vec::new();
    for field in producers {
        let field = field?;
        if field.name == "processed-by" {
            for value in field.values {
                tools.push(value?.name.to_owned());
            }
        }
    }
    Ok(tools)
}

impl Count {
    fn add(&mut self, payload: &Payload<'_>, limits: &CompileLimits) -> Result<(), Failure> {
        match payload {
            Payload::ModuleSection { .. } => {
                self.instance = 0;
                within(&mut self.depth, 1, limits.depth, "components in each other")?;
                within(&mut self.modules, 1, limits.modules, "core modules")?;
            }
            Payload::ComponentSection { .. } => {
                within(&mut self.depth, 1, limits.depth, "components in each other")?;
                within(&mut self.components, 1, limits.components, "nested components")?;
            }
            // The outermost end comes last of all.
            Payload::End(_) => self.depth = self.depth.saturating_sub(1),
            Payload::FunctionSection(it) => {
                within(&mut self.functions, it.count().into(), limits.functions, "functions")?;
            }
            Payload::CodeSectionStart { size, .. } => {
                within(&mut self.code, (*size).into(), limits.code, "bytes of code")?;
            }
            Payload::CodeSectionEntry(body) => {
                let size = body.range().len() as u64;
                within(&mut 0, size, limits.body, "bytes of code in one function")?;
            }
            other => within(&mut self.items, items(other), limits.items, "types, imports and other items")?,
        }
        within(&mut self.instance, held(payload), limits.instance, "bytes in one instance of a module")
    }
}

fn within(sum: &mut u64, more: u64, limit: u64, what: &str) -> Result<(), Failure> {
    *sum += more;
    if *sum <= limit {
        return Ok(());
    }
    Err(Failure::CompileLimit(format!("it has {sum} {what}, or more; {limit} are allowed")))
}

/// What an instance holds for each thing of a section, in bytes (`VMOffsets` of wasmtime 48): a reference to a function that
/// others may call, an import, a global.
fn held(payload: &Payload<'_>) -> u64 {
    match payload {
        Payload::FunctionSection(it) => u64::from(it.count()) * 32,
        Payload::ImportSection(it) => u64::from(it.count()) * 32,
        Payload::GlobalSection(it) => u64::from(it.count()) * 16,
        _ => 0,
    }
}

/// What a section holds, where the compiler or the linker does work for each.
fn items(payload: &Payload<'_>) -> u64 {
    let items = match payload {
        Payload::TypeSection(it) => it.count(),
        Payload::ImportSection(it) => it.count(),
        Payload::TableSection(it) => it.count(),
        Payload::MemorySection(it) => it.count(),
        Payload::GlobalSection(it) => it.count(),
        Payload::ExportSection(it) => it.count(),
        Payload::ElementSection(it) => it.count(),
        Payload::DataSection(it) => it.count(),
        Payload::InstanceSection(it) => it.count(),
        Payload::CoreTypeSection(it) => it.count(),
        Payload::ComponentInstanceSection(it) => it.count(),
        Payload::ComponentAliasSection(it) => it.count(),
        Payload::ComponentTypeSection(it) => it.count(),
        Payload::ComponentCanonicalSection(it) => it.count(),
        Payload::ComponentImportSection(it) => it.count(),
        Payload::ComponentExportSection(it) => it.count(),
        _ => 0,
    };
    items.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::Binary;

    fn refusal(limits: CompileLimits) -> String {
        let binary = Binary::default_guest();
        outline(binary.as_ref(), &limits).unwrap_err().to_string()
    }

    #[test]
    fn the_default_guest_is_told_from_its_bytes() {
        let outline = outline(Binary::default_guest().as_ref(), &CompileLimits::default()).unwrap();
        assert_eq!(outline.imports, [] as [String; 0]);
        assert_eq!(outline.exports, ["cmp-host:expander/expander@0.1.0"]);
        assert!(outline.tools.contains("rustc"), "{:?}", outline.tools);
        outline.require_guest().unwrap();
    }

    #[test]
    fn a_tool_that_hides_behind_rustc_gets_its_own_help() {
        let contract = || String::from("cmp-host:expander/expander@0.1.0");
        for (export, help) in [
            ("exports", "`componentize-py … componentize --stub-wasi`"),
            ("init", "`componentize-qjs --sync --stub-wasi …`"),
            ("more", "`wasm32-unknown-unknown`"),
        ] {
            let outline = Outline {
                imports: vec![String::from("wasi:io/error@0.2.9")],
                exports: vec![export.to_owned(), contract()],
                tools: [String::from("rustc"), String::from("wit-component")].into(),
            };
            let failure = outline.require_guest().unwrap_err();
            assert!(failure.help().contains(help), "{export}: {}", failure.help());
        }
    }

    #[test]
    fn each_limit_is_kept() {
        let most = CompileLimits::default();
        for (limits, what) in [
            (CompileLimits { modules: 0, ..most }, "core modules"),
            (CompileLimits { components: 0, ..most }, "nested components"),
            (CompileLimits { depth: 0, ..most }, "in each other"),
            (CompileLimits { functions: 10, ..most }, "functions"),
            (CompileLimits { body: 100, ..most }, "in one function"),
            (CompileLimits { code: 1000, ..most }, "bytes of code"),
            (CompileLimits { items: 10, ..most }, "other items"),
            (CompileLimits { instance: 100, ..most }, "in one instance"),
        ] {
            let text = refusal(limits);
            assert!(text.contains(what), "{text}");
        }
    }

    #[test]
    fn what_is_cut_off_is_invalid() {
        let binary = Binary::default_guest();
        let half = &binary.as_ref()[..binary.size() / 2];
        assert_eq!(outline(half, &CompileLimits::default()).unwrap_err().code(), "GUEST_INVALID");
    }
}

//! Second opinions on every manifest that the golden files hold: Kubernetes' own schemas and types, the upstream types of
//! the custom kinds, and SGLang's own parser. And Go's on archives, since Argo CD is written in it.
//!
//! There is no list of cases here. `golden` proves that the files are what `cmp-host` prints; what stands in them is
//! judged here, by tools that are not ours. For the examples the whole pipe runs, as a person would type it.

mod archives;
mod builtin;
mod custom;
mod drawn;
mod exclusions;
mod goldens;
mod kubernetes_validate;
mod sglang;
#[path = "../support"]
mod support {
    #[expect(dead_code, reason = "these archives need no end")]
    pub(crate) mod archive;
    pub(crate) mod binary;
    pub(crate) mod cases;
    pub(crate) mod project;
    pub(crate) mod toml;
    pub(crate) mod tools;
}

//! `guest new`: writes one of the example guests, and the contract, into a folder of its own.

use std::fs;
use std::path::Path;

use anyhow::Context;

use crate::cli::{Language, NewGuest};
use crate::commands::{self, shell};
use crate::stop::Stop;

/// A path below the new folder, and what stands there.
type Template = (&'static str, &'static str);

/// Embeds files of `examples/guests/LANGUAGE`, so that what people begin with is what tests build.
macro_rules! templates {
    ($language:literal: $($path:literal)*) => {
        &[$(($path, include_str!(concat!("../../../../examples/guests/", $language, "/", $path)))),*]
    };
}

const CONTRACT: Template = ("wit/expander.wit", include_str!("../../../../wit/expander.wit"));
const SPEC: Template = ("app.toml", include_str!("../../../../examples/guests/app.toml"));

pub(crate) fn run(arguments: &NewGuest) -> Result<(), Stop> {
    let folder = &arguments.folder;
    if folder.exists() {
        return Err(Stop::Usage(format!("`{}` is there already; name a new folder", folder.display())));
    }
    let (templates, build) = language(arguments.language);
    for (path, text) in templates.iter().chain([&CONTRACT, &SPEC]) {
        write(&folder.join(path), text)?;
    }
    commands::print_done(&format!(
        "cd {}\n{build}\ncmp-host guest test app.wasm --spec app.toml\n",
        shell::word(folder)
    ))
}

/// The files of a language, and the commands that make `app.wasm` of them.
fn language(language: Language) -> (&'static [Template], &'static str) {
    match language {
        Language::Rust => (
            templates!("rust": "Cargo.toml" "Cargo.lock" "schema.json" "src/lib.rs"),
            "cargo build --release --target wasm32-unknown-unknown\n\
             wasm-tools component new target/wasm32-unknown-unknown/release/app_guest.wasm -o app.wasm",
        ),
        Language::Python => (
            templates!("python": "requirements.txt" "app.py"),
            "pip install -r requirements.txt\n\
             componentize-py -d wit -w guest componentize --stub-wasi app -o app.wasm",
        ),
        Language::Javascript => {
            (templates!("javascript": "package.json" "package-lock.json" "app.js"), "npm ci\nnpm run build")
        }
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let named = || format!("cannot write `{}`", path.display());
    path.parent().map(fs::create_dir_all).transpose().with_context(named)?;
    fs::write(path, text).with_context(named)
}

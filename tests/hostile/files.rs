//! Files that are called a guest and are none.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;

use cmp_host::guest::Binary;
use tempfile::TempDir;

use crate::attempt;
use crate::row::{Row, Seen};
use crate::support::component;
use crate::support::sections::{COMPONENT, MODULE, section};

pub(crate) fn rows() -> Vec<Row> {
    vec![
        bytes("an-empty-file", "GUEST_INVALID", || Ok(Vec::new())),
        bytes("no-webassembly-at-all", "GUEST_INVALID", || Ok(b"#!/bin/sh\nrm -rf /\n".to_vec())),
        bytes("a-component-that-is-cut-off", "GUEST_INVALID", || {
            let good = good()?;
            Ok(good[..good.len() / 2].to_vec())
        }),
        bytes("nothing-but-a-components-first-bytes", "GUEST_WORLD_MISMATCH", || Ok(COMPONENT.to_vec())),
        bytes("webassembly-as-text", "GUEST_INVALID", || Ok(b"(component)".to_vec())),
        bytes("compiled-code", "GUEST_INVALID", || Ok(b"\x7fELF\x02\x01\x01".to_vec())),
        bytes("a-component-that-is-compressed", "GUEST_INVALID", || Ok(b"\x1f\x8b\x08\0\0\0\0\0".to_vec())),
        bytes("a-core-module", "GUEST_INVALID", || Ok(MODULE.to_vec())),
        bytes("a-core-module-of-wasi-preview-1", "GUEST_INVALID", || Ok(wat::parse_str(PREVIEW_1)?)),
        bytes("a-component-of-33-mebibytes", "GUEST_TOO_LARGE", || Ok(padded(33 << 20))),
        bytes("thirty-mebibytes-that-nobody-reads", "GUEST_WORLD_MISMATCH", || Ok(padded(30 << 20))),
        file("a-file-of-ten-gibibytes", "GUEST_TOO_LARGE", |path| Ok(File::create(path)?.set_len(10 << 30)?)),
        file("a-folder", "GUEST_NOT_FOUND", |path| Ok(fs::create_dir(path)?)),
        file("a-pipe", "GUEST_NOT_FOUND", |path| {
            Ok(rustix::fs::mkfifoat(rustix::fs::CWD, path, 0o600.into())?)
        }),
        file("a-link-to-itself", "GUEST_NOT_FOUND", |path| Ok(symlink(path, path)?)),
        file("a-link-to-a-file-without-an-end", "GUEST_NOT_FOUND", |path| Ok(symlink("/dev/zero", path)?)),
        file("no-file", "GUEST_NOT_FOUND", |_| Ok(())),
    ]
}

const PREVIEW_1: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
  (func (export "_start")))"#;

fn bytes(name: &str, expected: &str, bytes: fn() -> anyhow::Result<Vec<u8>>) -> Row {
    Row::new("A-29", name, expected, move |host| host.bring(bytes()?, &attempt::budget()))
}

/// A component with a section that nobody reads.
fn padded(size: usize) -> Vec<u8> {
    [COMPONENT, &section(0, &[b"\x07padding".as_slice(), &vec![0; size]].concat())].concat()
}

fn good() -> anyhow::Result<Vec<u8>> {
    component::of_text("(module)", wit_component::StringEncoding::UTF8, None)
}

/// A guest that somebody names by its path.
fn file(name: &str, expected: &str, make: fn(&Path) -> anyhow::Result<()>) -> Row {
    Row::new("A-29", name, expected, move |host| {
        let folder = TempDir::new()?;
        let path = folder.path().join("guest.wasm");
        make(&path)?;
        let seen = match Binary::read(&path) {
            Ok(binary) => host.bring_binary(&binary, &attempt::budget())?,
            Err(failure) => Seen::failed(&failure),
        };
        // The folder's name is another one each time.
        Ok(Seen { text: seen.text.replace(&*folder.path().to_string_lossy(), "FOLDER"), ..seen })
    })
}

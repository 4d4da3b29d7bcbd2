//! Paths of entries, and of the application's folder.

use crate::attempt::{Row, Sent, TEXT, good};
use crate::support::archive::Archive;

const DENIED: &str = "PATH_DENIED";
const SPEC: &str = "sglang.toml";

pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row::new("C-02", "the-spec-with-a-dot-before-it", "ok", || named("./sglang.toml")),
        Row::new("C-02", "the-spec-with-a-slash-behind-it", "ok", || named("sglang.toml/")),
        Row::new("C-02", "the-spec-with-an-absolute-path", "SG001", || named("/sglang.toml")),
        Row::new("C-02", "the-spec-with-two-slashes-before-it", "SG001", || named("//sglang.toml")),
        Row::new("C-02", "the-spec-behind-a-backslash", "SG001", || named("a\\..\\sglang.toml")),
        Row::new("C-02", "the-spec-with-a-newline", "SG001", || named("sglang.toml\n")),
        Row::new("C-02", "odd-paths-that-nobody-asks-for", "ok", || {
            let names: [&[u8]; 12] = [
                b"/etc/passwd",
                b"//x",
                b"C:\\x",
                b"a\\b",
                b"./",
                b"",
                b".",
                b"a/",
                b"a\nb",
                b"\xff\xfe",
                b"...",
                b"-rf",
            ];
            Sent::of(names.iter().fold(good(), |archive, it| archive.file(it, "other")).packed())
        }),
        Row::new("C-03", "the-spec-behind-two-dots", "SG001", || named("../sglang.toml")),
        Row::new("C-03", "the-spec-behind-a-detour", "SG001", || named("a/../sglang.toml")),
        Row::new("C-03", "the-spec-in-a-folder-of-four-dots", "ok", || {
            named("....//sglang.toml").about("....")
        }),
        Row::new("C-03", "paths-that-lead-up-and-nobody-asks-for", "ok", || {
            let names = ["../sglang.toml", "a/../../sglang.toml", "a/../sglang.toml", ".."];
            Sent::of(names.iter().fold(good(), |archive, it| archive.file(it, "other")).packed())
        }),
        Row::new("C-14", "a-folder-above", DENIED, || about("..")),
        Row::new("C-14", "a-folder-by-a-detour", DENIED, || about("app/../../other")),
        Row::new("C-14", "a-folder-with-an-absolute-path", DENIED, || about("/app")),
        Row::new("C-14", "a-folder-with-a-nul", DENIED, || about("app\0")),
        Row::new("C-14", "a-folder-of-a-mebibyte", DENIED, || about(&"app/".repeat(1 << 18))),
        Row::new("C-14", "a-folder-that-is-not-there", "SG001", || about("nothing")),
        Row::new("C-14", "a-folder-that-is-a-file", "SG001", || about("app/sglang.toml")),
        Row::new("C-14", "a-folder-with-dots-and-slashes", "ok", || about("./app//.")),
        Row::new("C-15", "a-folder-whose-name-begins-another-ones", "SG001", || {
            Sent::of(Archive::new().file("application/sglang.toml", TEXT).packed()).about("app")
        }),
        Row::new("C-15", "a-folder-beside-the-repository", DENIED, || about("../work-evil")),
    ]
}

/// The spec under another name.
fn named(name: &str) -> Sent {
    Sent::of(Archive::new().file(name, TEXT).packed())
}

fn about(folder: &str) -> Sent {
    Sent::of(Archive::new().folder("app").file(format!("app/{SPEC}"), TEXT).packed()).about(folder)
}

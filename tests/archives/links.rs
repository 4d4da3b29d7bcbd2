//! Links: they lead somewhere inside of the archive, or nowhere; and only who asks for one hears of it.

use crate::attempt::{Row, Sent, TEXT, good};
use crate::support::archive::Archive;

const DENIED: &str = "PATH_DENIED";
const SPEC: &str = "sglang.toml";
const HARD_LINK: u8 = b'1';

pub(crate) fn rows() -> Vec<Row> {
    vec![
        Row::new("C-04", "a-spec-that-is-a-link-inside", "ok", || linked("app/real", &[])),
        Row::new("C-04", "a-spec-behind-a-link-to-a-folder", "ok", || {
            linked("to-app/real", &[("to-app", "app")])
        }),
        Row::new("C-04", "a-spec-that-leads-outside", "SG006", || linked("../app/real", &[])),
        Row::new("C-04", "a-spec-that-leads-out-and-in-again", "SG006", || {
            linked("../repository/app/real", &[])
        }),
        Row::new("C-04", "a-spec-that-is-an-absolute-link", "SG006", || linked("/app/real", &[])),
        Row::new("C-04", "a-spec-that-leads-nowhere", "SG001", || linked("nothing", &[])),
        Row::new("C-04", "a-spec-that-leads-to-itself", "SG005", || linked(SPEC, &[])),
        Row::new("C-04", "a-spec-behind-forty-links", "ok", || chain(40)),
        Row::new("C-04", "a-spec-behind-forty-one-links", "SG005", || chain(41)),
        Row::new("C-04", "a-folder-that-is-a-link-inside", "ok", || folder("services/app")),
        Row::new("C-04", "a-folder-that-is-a-link-with-dots", "ok", || {
            folder("./services/../services/app/.")
        }),
        Row::new("C-04", "a-folder-that-leads-outside", DENIED, || folder("../services/app")),
        Row::new("C-04", "a-folder-that-is-an-absolute-link", DENIED, || folder("/services/app")),
        Row::new("C-04", "a-folder-that-leads-to-itself", "SG005", || folder("link")),
        Row::new("C-04", "links-of-all-kinds-that-nobody-asks-for", "ok", || {
            let targets = ["/etc/passwd", "../../outside", "nothing", "link4", "", "a/../../.."];
            let links = targets.iter().enumerate();
            Sent::of(links.fold(good(), |it, (n, target)| it.link(format!("link{n}"), target)).packed())
        }),
        Row::new("C-05", "a-link-before-its-target", "ok", || {
            Sent::of(Archive::new().link(SPEC, "z/real").file("z/real", TEXT).packed())
        }),
        Row::new("C-05", "a-target-that-becomes-a-folder", "SG005", || {
            let archive = Archive::new().link(SPEC, "real").file("real", TEXT);
            Sent::of(archive.folder("real").packed())
        }),
        Row::new("C-06", "a-spec-that-is-a-hard-link-to-an-earlier-entry", "SG005", || hard("real")),
        Row::new("C-06", "a-spec-that-is-a-hard-link-to-itself", "SG005", || hard(SPEC)),
        Row::new("C-06", "a-spec-that-is-a-hard-link-outside", "SG005", || hard("../outside")),
        Row::new("C-06", "a-hard-link-that-nobody-asks-for", "ok", || {
            Sent::of(good().entry(HARD_LINK, "other", "/etc/passwd", "").packed())
        }),
        Row::new("C-07", "a-spec-through-a-link-that-is-a-folder-too", "SG005", || {
            Sent::of(Archive::new().link("app", ".").file("app/sglang.toml", TEXT).packed()).about("app")
        }),
        Row::new("C-07", "a-link-through-a-link-to-the-root", "ok", || {
            let archive = good().folder("p").link("p/q", "..").link("p/q/l", "../x");
            Sent::of(archive.file("p/q/l/sglang.toml", "other").packed())
        }),
    ]
}

/// A spec that is a link, with other links beside it.
fn linked(target: &str, others: &[(&str, &str)]) -> Sent {
    let archive = Archive::new().file("app/real", TEXT).link(SPEC, target);
    Sent::of(others.iter().fold(archive, |it, (name, target)| it.link(name, target)).packed())
}

/// A spec that leads to a link, which leads to the next one of so many.
fn chain(links: usize) -> Sent {
    let archive = Archive::new().link(SPEC, "link1");
    let archive = (1..links).fold(archive, |it, n| it.link(format!("link{n}"), format!("link{}", n + 1)));
    Sent::of(archive.file(format!("link{links}"), TEXT).packed())
}

/// A request about a folder that is a link.
fn folder(target: &str) -> Sent {
    let archive = Archive::new().link("link", target).file("services/app/sglang.toml", TEXT);
    Sent::of(archive.packed()).about("link")
}

fn hard(target: &str) -> Sent {
    Sent::of(Archive::new().file("real", TEXT).entry(HARD_LINK, SPEC, target, "").packed())
}

//! Every form that a key may have in a text, and what is left alone around it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item, TableLike};

use super::text::{Scalar, TextError, remove, set};

fn tag(text: &str) -> Scalar {
    Scalar::Text(text.to_owned())
}

/// Sets a tag, then the same once more, which must change nothing.
fn tagged(text: &str) -> String {
    let after = set(text, "env.prod.image.tag", &tag("v2")).unwrap();
    assert_eq!(set(&after, "env.prod.image.tag", &tag("v2")).unwrap(), after);
    after
}

#[test]
fn a_value_is_replaced_where_it_stands() {
    for (before, after) in [
        ("[env.prod.image]\ntag = \"v1\" # why\n", "[env.prod.image]\ntag = \"v2\" # why\n"),
        ("[env.prod]\nimage.tag='v1'\n", "[env.prod]\nimage.tag='v2'\n"),
        (
            "[env.prod]\nimage = {tag = \"v1\",repo=\"r\"}\n",
            "[env.prod]\nimage = {tag = \"v2\",repo=\"r\"}\n",
        ),
        ("env.prod.image.tag = \"v1\"\na = 1", "env.prod.image.tag = \"v2\"\na = 1"),
        ("env = { prod.image.tag = \"v1\" }\n", "env = { prod.image.tag = \"v2\" }\n"),
        ("[env]\nprod = { image = { tag = \"v1\" } }", "[env]\nprod = { image = { tag = \"v2\" } }"),
        (
            "[env.\"prod\"]\r\n\timage . tag = \"\"\"v1\"\"\"\r\n",
            "[env.\"prod\"]\r\n\timage . tag = \"v2\"\r\n",
        ),
        ("[env.prod]\nimage.tag = 1\n", "[env.prod]\nimage.tag = \"v2\"\n"),
    ] {
        assert_eq!(tagged(before), after);
    }
}

#[test]
fn a_new_value_takes_the_smallest_place() {
    for (before, after) in [
        // Beside what it belongs to.
        (
            "[env.prod.image]\nrepo = \"r\" # r\n# end\n",
            "[env.prod.image]\nrepo = \"r\" # r\ntag = \"v2\"\n# end\n",
        ),
        (
            "[env.prod]\nimage.repo = \"r\"\nreplicas = 2\n",
            "[env.prod]\nimage.repo = \"r\"\nimage.tag = \"v2\"\nreplicas = 2\n",
        ),
        ("[env.prod]\nimage = { repo = \"r\" }\n", "[env.prod]\nimage = { repo = \"r\", tag = \"v2\" }\n"),
        ("[env.prod]\nimage = { repo = \"r\", }\n", "[env.prod]\nimage = { repo = \"r\", tag = \"v2\", }\n"),
        ("[env.prod]\nimage = {}\n", "[env.prod]\nimage = { tag = \"v2\" }\n"),
        (
            "[env.prod]\nimage = {\n  repo = \"r\", # r\n  # end\n}\n",
            "[env.prod]\nimage = {\n  repo = \"r\", # r\n  tag = \"v2\",\n  # end\n}\n",
        ),
        (
            "[env.prod]\r\nimage = {\r\n\trepo = \"r\" # r, x\r\n}\r\n",
            "[env.prod]\r\nimage = {\r\n\trepo = \"r\", # r, x\r\n\ttag = \"v2\"\r\n}\r\n",
        ),
        (
            "[env.prod]\nimage = {\n  repo = \"r\" # r\n  , }\n",
            "[env.prod]\nimage = {\n  repo = \"r\", tag = \"v2\" # r\n  , }\n",
        ),
        ("[env.prod.image]", "[env.prod.image]\ntag = \"v2\""),
        // In the environment's own section.
        ("[env.prod]\n# a comment\n\n[env.x]\n", "[env.prod]\nimage.tag = \"v2\"\n# a comment\n\n[env.x]\n"),
        (
            "[env.prod] # p\r\n  a = [\r\n1]\r\n",
            "[env.prod] # p\r\n  a = [\r\n1]\r\n  image.tag = \"v2\"\r\n",
        ),
        ("[env.prod]\na = 1", "[env.prod]\na = 1\nimage.tag = \"v2\""),
        ("[env.prod]\na = 1\n\n[env.prod.b]\n", "[env.prod]\na = 1\nimage.tag = \"v2\"\n\n[env.prod.b]\n"),
        ("[env]\nprod = {}\n", "[env]\nprod = { image.tag = \"v2\" }\n"),
        ("env.prod = { a = 1 }\n", "env.prod = { a = 1, image.tag = \"v2\" }\n"),
        ("env.prod.a = 1\nb = 2\n", "env.prod.a = 1\nenv.prod.image.tag = \"v2\"\nb = 2\n"),
        ("env.dev.a = 1\nb = 2\n[c]\n", "env.dev.a = 1\nenv.prod.image.tag = \"v2\"\nb = 2\n[c]\n"),
        ("[env]\ndev.a = 1\n", "[env]\ndev.a = 1\nprod.image.tag = \"v2\"\n"),
        // In a section of its own, if the environment has none.
        (
            "[env.prod.a]\nb = 1\n\n# x\n[env.x]\n",
            "[env.prod.a]\nb = 1\n\n[env.prod.image]\ntag = \"v2\"\n\n# x\n[env.x]\n",
        ),
        ("[env.dev]\na = 1", "[env.dev]\na = 1\n\n[env.prod.image]\ntag = \"v2\""),
        ("a = 1\n# end\n\n", "a = 1\n# end\n\n[env.prod.image]\ntag = \"v2\"\n\n"),
        ("", "[env.prod.image]\ntag = \"v2\"\n"),
    ] {
        assert_eq!(tagged(before), after, "{before}");
    }
}

#[test]
fn keys_outside_of_environments_have_a_place() {
    let replicas = |text: &str| set(text, "replicas", &Scalar::Integer(3)).unwrap();
    assert_eq!(replicas("a = 1\n\n[b]\n"), "a = 1\nreplicas = 3\n\n[b]\n");
    assert_eq!(replicas("# top\n[b]\nreplicas = 1\n"), "replicas = 3\n# top\n[b]\nreplicas = 1\n");
    assert_eq!(replicas("replicas = 2 # two\n"), "replicas = 3 # two\n");
    let tag = |text: &str| set(text, "image.tag", &tag("v2")).unwrap();
    assert_eq!(tag("a = 1\n"), "a = 1\n\n[image]\ntag = \"v2\"\n");
    assert_eq!(tag("image.repo = \"r\"\n"), "image.repo = \"r\"\nimage.tag = \"v2\"\n");
}

#[test]
fn quotes_are_those_that_the_value_needs() {
    let written = |before: &str, value: &str| set(before, "a", &tag(value)).unwrap();
    assert_eq!(written("a = 'x'", "it's"), "a = \"it's\"");
    assert_eq!(written("a = 'x'", "y"), "a = 'y'");
    assert_eq!(
        Document::parse(written("a = \"x\"", "a\"\\\n\u{1}")).unwrap()["a"].as_str(),
        Some("a\"\\\n\u{1}")
    );
    assert_eq!(set("", "env.\"a b\".c", &tag("x")).unwrap(), "[env.\"a b\"]\nc = \"x\"\n");
}

#[test]
fn a_key_goes_with_its_line() {
    for (before, after) in [
        ("[env.prod.image]\n# t\ntag = \"v1\" # v\nrepo = 1\n", "[env.prod.image]\n# t\nrepo = 1\n"),
        ("[env.prod]\nimage.tag = \"v1\"\nimage.repo = 1\n", "[env.prod]\nimage.repo = 1\n"),
        ("a = 1\r\nenv.prod.image.tag = \"v1\"", "a = 1"),
        ("env.prod.image.tag = \"v1\"", ""),
        ("[env.prod]\nimage = { tag = \"v1\", repo = 1 }\n", "[env.prod]\nimage = { repo = 1 }\n"),
        ("[env.prod]\nimage = { repo = 1, tag = \"v1\" }\n", "[env.prod]\nimage = { repo = 1 }\n"),
        (
            "[env.prod]\nimage = { repo = 1, tag = \"v1\", x = 2 }\n",
            "[env.prod]\nimage = { repo = 1, x = 2 }\n",
        ),
        ("[env.prod]\nimage = { tag = \"v1\" }\n", "[env.prod]\nimage = { }\n"),
        ("[env.prod]\nimage = {\n tag = \"v1\" # a, b\n ,\n}\n", "[env.prod]\nimage = {\n}\n"),
        (
            "[env.prod]\nimage = {\n  repo = \"r\", # the mirror\n  tag = \"v1\", # why\n}\n",
            "[env.prod]\nimage = {\n  repo = \"r\", # the mirror\n}\n",
        ),
        (
            "[env.prod]\r\nimage = { # all\r\n  tag = \"v1\", # why\r\n  repo = \"r\" # the mirror\r\n}\r\n",
            "[env.prod]\r\nimage = { # all\r\n  repo = \"r\" # the mirror\r\n}\r\n",
        ),
        // Its line is another's as well, whose comment it may be.
        (
            "[env.prod]\nimage = {\n  repo = \"r\", tag = \"v1\", # both\n}\n",
            "[env.prod]\nimage = {\n  repo = \"r\", # both\n}\n",
        ),
    ] {
        assert_eq!(remove(before, "env.prod.image.tag").unwrap_or_else(|it| panic!("{before}: {it}")), after);
    }
}

#[test]
fn a_key_that_is_not_there_is_out_already() {
    for text in ["", "[env.prod]\nimage = {}\n", "[env.prod.image]\nrepo = 1", "[image]\ntag = \"v1\"\n"] {
        assert_eq!(remove(text, "env.prod.image.tag").unwrap(), text);
    }
}

#[test]
fn what_has_no_place_is_refused() {
    for text in [
        "[env.prod]\nimage = \"r:v1\"\n",
        "[[env]]\nprod = 1\n",
        "[env.prod]\nimage.tag = { a = 1 }\n",
        "[env.prod.image.tag]\na = 1\n",
        "[[env.prod.image]]\ntag = \"v1\"\n",
        "[env.prod]\nimage.tag = []\n",
    ] {
        let refused = set(text, "env.prod.image.tag", &tag("v2"));
        assert!(matches!(refused, Err(TextError::InTheWay(_))), "{text}: {refused:?}");
    }
    assert!(matches!(set("a = ", "a", &tag("x")), Err(TextError::Toml(_))));
    assert!(matches!(set("", "a b", &tag("x")), Err(TextError::Key(_))));
}

/// In every order and layout of an inline table, an edit takes away no comment but that of the line that it takes out.
#[test]
fn comments_of_other_lines_stay() {
    let names = ["repo", "tag", "x.y"];
    for (first, layout) in (0..3).flat_map(|it| LAYOUTS.map(|layout| (it, layout))) {
        let items: String = (0..3).map(|it| layout(names[(first + it) % 3], it)).collect();
        let before = format!("# above\n[env.prod]\nimage = {{ # image{items}\n}} # end\n# below\n");
        let without = remove(&before, "env.prod.image.tag").unwrap_or_else(|it| panic!("{before}: {it}"));
        let expected: Vec<&str> = comments(&before).into_iter().filter(|it| *it != " tag").collect();
        assert_eq!(comments(&without), expected, "{before}{without}");
        let mut said = leaves(&before);
        said.remove("env.prod.image.tag");
        assert_eq!(leaves(&without), said, "{before}{without}");
        assert_eq!(comments(&tagged(&before)), comments(&before));
        assert_eq!(comments(&tagged(&without)), expected, "{without}");
    }
}

/// One item of an inline table, with a comment that names it; the first has the number 0, the last 2.
type Layout = fn(&str, usize) -> String;

const LAYOUTS: [Layout; 6] = [
    |name, _| format!("\n  {name} = 1, # {name}"),
    |name, index| format!("\n  {name} = 1{} # {name}", comma(index < 2)),
    |name, index| format!("\n  {}{name} = 1 # {name}", comma(index > 0)),
    |name, _| format!("\n  {name} = 1 # {name}\n  # own {name}, too\n  ,"),
    |name, index| format!("\n  # own {name}\n{name} = '''\n,'''{}", comma(index < 2)),
    |name, index| {
        format!("{}{name} = \"a, b\"{}", if index == 0 { " # all\n" } else { " " }, comma(index < 2))
    },
];

fn comma(is_there: bool) -> &'static str {
    if is_there { "," } else { "" }
}

/// What follows the first `#` of each line; in a text that an edit does not touch, it may stand for itself.
fn comments(text: &str) -> Vec<&str> {
    text.lines().filter_map(|it| Some(it.split_once('#')?.1)).collect()
}

/// For every spec of the project: only the line that must change does, and the text says the same of everything else.
#[test]
fn everything_else_stays_as_it_was() {
    let mut seen = 0;
    for path in specs() {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let Ok(document) = Document::parse(text.as_str()) else { continue };
        for key in keys(document.as_item()) {
            let Ok(after) = set(&text, &key, &tag("v9.9.9")) else { continue };
            seen += 1;
            require_one_change(&text, &after, &key, &path);
            assert_eq!(comments(&after), comments(&text), "{key} of {}", path.display());
            let windows = |it: &str| it.replace("\r\n", "\n").replace('\n', "\r\n");
            let after_windows = set(&windows(&text), &key, &tag("v9.9.9")).unwrap();
            assert_eq!(after_windows, windows(&after), "{key} of {}", path.display());
            let without = |it: &str| leaves(&remove(it, &key).unwrap());
            assert_eq!(without(&after), without(&text), "{key} of {}", path.display());
        }
    }
    assert!(seen > 500, "only {seen} edits were tried");
}

/// Wherever a text ends, it is changed as it should be, or it is no TOML.
#[test]
fn a_text_may_end_anywhere() {
    let mut seen = 0;
    for path in specs().into_iter().filter(|it| it.components().any(|it| it.as_os_str() == "examples")) {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        for end in (0..text.len()).step_by(3).filter(|it| text.is_char_boundary(*it)) {
            let cut = &text[..end];
            for key in ["env.prod.image.tag", "env.absent.replicas", "replicas"] {
                match set(cut, key, &tag("v9.9.9")) {
                    Ok(after) => require_one_change(cut, &after, key, &path),
                    Err(error) => {
                        assert!(matches!(error, TextError::Toml(_)), "{end} of {}: {error}", path.display())
                    }
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 2000, "only {seen} edits were tried");
}

/// What `settings` of the default guest names, for an environment that is there and for one that is not.
fn keys(root: &Item) -> Vec<String> {
    let environments = root.get("env").and_then(Item::as_table_like);
    let names = environments.into_iter().flat_map(TableLike::iter).map(|(name, _)| name.to_owned());
    let tables = names
        .filter(|it| !it.contains(|it: char| !it.is_ascii_alphanumeric()))
        .map(|it| format!("env.{it}."));
    let tables = tables.chain([String::new(), String::from("env.absent.")]);
    tables
        .flat_map(|it| {
            ["image.repo", "image.tag", "image.digest", "replicas"].map(|key| format!("{it}{key}"))
        })
        .collect()
}

fn require_one_change(before: &str, after: &str, key: &str, path: &Path) {
    let diff = similar::TextDiff::from_lines(before, after);
    let n = |wanted| diff.iter_all_changes().filter(|it| it.tag() == wanted).count();
    // A new section is a line, a header and an empty line; at an end without an end of line, one more is touched.
    let (removed, added) = (n(similar::ChangeTag::Delete), n(similar::ChangeTag::Insert));
    assert!(removed <= 1 && added <= 4, "{key} of {}: -{removed} +{added}", path.display());
    let mut expected = leaves(before);
    expected.insert(key.to_owned(), String::from("\"v9.9.9\""));
    assert_eq!(leaves(after), expected, "{key} of {}", path.display());
}

/// Every single value of a text, by its dotted key.
fn leaves(text: &str) -> BTreeMap<String, String> {
    let document = Document::parse(text).unwrap();
    let mut leaves = BTreeMap::new();
    collect(document.as_item(), "", &mut leaves);
    leaves
}

fn collect(item: &Item, key: &str, leaves: &mut BTreeMap<String, String>) {
    match item.as_table_like() {
        Some(table) => {
            for (name, item) in table.iter() {
                let key = if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
                collect(item, &key, leaves);
            }
        }
        None => drop(leaves.insert(key.to_owned(), value(item))),
    }
}

fn value(item: &Item) -> String {
    match item.as_str() {
        Some(text) => format!("{text:?}"),
        None => {
            item.clone().into_value().map_or_else(|it| it.to_string(), |it| it.decorated("", "").to_string())
        }
    }
}

fn specs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for folder in ["tests/cases", "examples"] {
        find(&root.join(folder), &mut found);
    }
    found.sort();
    found
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => find(&path, found),
            false if path.extension().is_some_and(|it| it == "toml") => found.push(path),
            false => {}
        }
    }
}

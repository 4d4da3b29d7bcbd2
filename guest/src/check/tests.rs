//! Each lint finds something in its own example, and nothing in a spec that is right, however near.

use super::LINTS;
use crate::contract::{File, Output, Problem, Request};

const RIGHT: &str = "\
schema = 1
name = \"chat\"

[model]
id = \"meta-llama/Llama-3.1-8B-Instruct\"
context = 32768

[image]
tag = \"v0.5.23\"

[gpu]
product = \"h100-sxm-80gb\"

[env.prod]
";

/// What is found in a spec whose lines replace those of the right one.
fn found(lines: &str) -> Vec<Problem> {
    let file = |path: &str, text: String| File { path: path.into(), text };
    let request = Request {
        files: vec![
            file("sglang.toml", format!("extends = \"right.toml\"\n{lines}\n")),
            file("right.toml", RIGHT.into()),
        ],
        environment: Some("prod".into()),
        application: None,
        parameters: Vec::new(),
        output: Output::Manifests,
        with_origins: false,
    };
    crate::expand(&request).map_or_else(|problems| problems, |it| it.warnings)
}

#[test]
fn a_right_spec_is_quiet() {
    assert_eq!(found(""), []);
}

#[test]
fn each_lint_finds_its_example() {
    for lint in LINTS {
        let problems = found(lint.example);
        let own: Vec<&Problem> = problems.iter().filter(|it| it.code == lint.code).collect();
        assert!(!own.is_empty(), "{} is quiet: {problems:?}", lint.code);
        assert!(own.iter().all(|it| it.severity == lint.severity), "{}: {own:?}", lint.code);
        assert!(own.iter().all(|it| it.at.is_some() && it.help.is_some()), "{}: {own:?}", lint.code);
    }
}

/// A lint that always finds something would find its example, too.
#[test]
fn each_lint_is_quiet_about_what_is_nearly_its_example() {
    for lint in LINTS {
        assert_eq!(found(lint.quiet), [], "{}", lint.code);
    }
}

#[test]
fn codes_are_sorted_and_texts_read_alike() {
    assert!(LINTS.is_sorted_by(|a, b| a.code < b.code));
    for lint in LINTS {
        assert!(
            !lint.title.ends_with('.') && !lint.instead.ends_with('.') && lint.why.ends_with('.'),
            "{}",
            lint.code
        );
    }
}

//! Any texts as a spec and the files that it asks for: the default guest answers, and points only into its files.

use std::collections::BTreeMap;

use cmp_guest::contract::{Expansion, File, Output, ParameterValue, Problem, Request, Span};

use super::chunks;

/// A part that begins like this says which parameters are set, one a line.
const PARAMETERS: char = '?';

/// The first part is the spec; each file that it asks for gets the next one, and the last one is the operator's.
pub(crate) fn look(bytes: &[u8]) {
    let (parameters, mut texts): (Vec<_>, Vec<_>) =
        chunks::texts(bytes).into_iter().partition(|it| it.starts_with(PARAMETERS));
    texts.reverse();
    let mut files = vec![file("sglang.toml", texts.pop())];
    give_what_is_asked_for(&mut files, &mut texts);
    if !texts.is_empty() {
        files.push(file("cmp-host.toml", texts.pop()));
    }
    let environments = cmp_guest::environments(&files);
    let names = environments.unwrap_or_else(|problems| {
        require_problems(&problems, &files);
        Vec::new()
    });
    let parameters = parameters_of(&parameters.concat());
    for environment in names.into_iter().map(Some).chain([None]) {
        require_answer(request(&files, environment, &parameters));
    }
}

fn file(path: &str, text: Option<String>) -> File {
    File { path: path.to_owned(), text: text.unwrap_or_default() }
}

fn give_what_is_asked_for(files: &mut Vec<File>, texts: &mut Vec<String>) {
    while !texts.is_empty() {
        let inputs = cmp_guest::inputs(files).unwrap_or_else(|problems| {
            require_problems(&problems, files);
            Vec::new()
        });
        let asked: Vec<&str> = inputs.iter().map(|it| it.path.as_str()).collect();
        for at in inputs.iter().filter_map(|it| it.asked_by) {
            require_inside(at, files);
        }
        let before = files.len();
        for path in asked {
            if !files.iter().any(|it| it.path == path) && !texts.is_empty() {
                files.push(file(path, texts.pop()));
            }
        }
        if files.len() == before {
            return;
        }
    }
}

/// As the host gives them: sorted by name, each name once.
fn parameters_of(text: &str) -> Vec<(String, ParameterValue)> {
    let pairs = text.split([PARAMETERS, '\n']).filter_map(|it| it.split_once('='));
    let pairs: BTreeMap<String, String> = pairs.map(|(name, value)| (name.into(), value.into())).collect();
    let is_announced = |name: &str| cmp_guest::parameters::TABLE.iter().any(|it| it.name == name);
    let (announced, keys): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| is_announced(name));
    let texts = announced.into_iter().map(|(name, value)| (name, ParameterValue::Text(value)));
    let set = (!keys.is_empty()).then(|| (String::from("set"), ParameterValue::Pairs(keys)));
    texts.chain(set).collect::<BTreeMap<_, _>>().into_iter().collect()
}

fn request(files: &[File], environment: Option<String>, parameters: &[(String, ParameterValue)]) -> Request {
    Request {
        files: files.to_vec(),
        environment,
        application: None,
        parameters: parameters.to_vec(),
        output: Output::Manifests,
        with_origins: true,
    }
}

fn require_answer(request: Request) {
    match cmp_guest::expand(&request) {
        Ok(Expansion { manifests, allow_empty, warnings }) => {
            assert!(allow_empty || !manifests.is_empty(), "no manifests by accident");
            for manifest in manifests {
                let parsed = serde_json::from_str::<serde_json::Value>(&manifest.json);
                assert!(parsed.is_ok_and(|it| it.is_object()), "{}", manifest.json);
            }
            warnings.iter().for_each(|it| require_told(it, &request.files));
        }
        Err(problems) => require_problems(&problems, &request.files),
    }
}

fn require_problems(problems: &[Problem], files: &[File]) {
    assert!(!problems.is_empty(), "a no without a reason");
    problems.iter().for_each(|it| require_told(it, files));
}

fn require_told(problem: &Problem, files: &[File]) {
    assert!(problem.code.starts_with("SG") && !problem.message.is_empty(), "{problem:?}");
    let related = problem.related.iter().map(|it| it.at);
    problem.at.into_iter().chain(related).for_each(|it| require_inside(it, files));
}

fn require_inside(at: Span, files: &[File]) {
    let file = files.get(at.file as usize);
    let text = file.and_then(|it| it.text.get(at.start as usize..at.end as usize));
    assert!(text.is_some(), "{at:?} points out of the text");
}

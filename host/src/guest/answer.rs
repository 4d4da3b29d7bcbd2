//! What an answer must be beyond its types: a no has its reason, and names and problems are such as people can use.
//!
//! Every call of a guest ends here, so that no verb takes what another refuses.

use std::collections::BTreeSet;

use crate::guest::Failure;
use crate::guest::contract::{Answer, Expansion, Problem, Severity};
use crate::printable;

/// Problems of one answer, and the places that explain them. The host looks each up in its file and draws an excerpt of it,
/// which costs the guest no fuel.
const PROBLEMS: usize = 500;

/// An answer, if its no says why.
pub(super) fn reasoned<T>(answer: Answer<T>) -> Result<Answer<T>, Failure> {
    let Err(problems) = &answer else { return Ok(answer) };
    // Warnings alone would be a no to one verb, and a yes to the next.
    if problems.iter().all(|it| it.severity != Severity::Error) {
        return bad("neither what was asked for, nor an error that says why");
    }
    require_usable(problems)?;
    Ok(answer)
}

/// The names of environments, if people can read and choose each.
pub(super) fn of_environments(answer: Answer<Vec<String>>) -> Result<Answer<Vec<String>>, Failure> {
    if let Ok(names) = &answer {
        require_names(names)?;
    }
    reasoned(answer)
}

/// An expansion, if what stands beside its manifests leaves them valid.
pub(super) fn of_expansion(answer: Answer<Expansion>) -> Result<Answer<Expansion>, Failure> {
    if let Ok(Expansion { warnings, .. }) = &answer {
        require_usable(warnings)?;
        if warnings.iter().any(|it| it.severity == Severity::Error) {
            return bad("manifests beside an error");
        }
    }
    reasoned(answer)
}

fn require_usable(problems: &[Problem]) -> Result<(), Failure> {
    let found: usize = problems.iter().map(|it| 1 + it.related.len()).sum();
    if found > PROBLEMS {
        return Err(Failure::OutputLimit(format!("{found} problems; {PROBLEMS} are allowed")));
    }
    match problems.iter().position(|it| it.code.is_empty()) {
        Some(index) => bad(&format!("problem {} has no code to search for", index + 1)),
        None => Ok(()),
    }
}

/// Names stand in tables, in lists and on command lines.
fn require_names(names: &[String]) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for name in names {
        if name.is_empty() {
            return bad("an environment without a name");
        }
        if name.contains(printable::steers) {
            return bad(&format!("the environment `{name}` has a character in its name that nobody sees"));
        }
        if !seen.insert(name) {
            return bad(&format!("there are two environments `{name}`"));
        }
    }
    Ok(())
}

fn bad<T>(text: &str) -> Result<T, Failure> {
    Err(Failure::BadOutput(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::problem;

    fn refusal<T>(answer: Result<Answer<T>, Failure>) -> String {
        answer.map(|_| ()).unwrap_err().to_string()
    }

    fn names(names: &[&str]) -> Result<Answer<Vec<String>>, Failure> {
        of_environments(Ok(names.iter().map(|it| (*it).to_owned()).collect()))
    }

    #[test]
    fn a_no_has_an_error() {
        let warning = Problem { severity: Severity::Warning, ..problem("W1", "x") };
        for problems in [vec![], vec![warning.clone()]] {
            assert!(refusal(reasoned::<()>(Err(problems))).contains("nor an error that says why"));
        }
        assert!(reasoned::<()>(Err(vec![warning, problem("E1", "x")])).is_ok());
    }

    #[test]
    fn a_problem_has_a_code() {
        let problems = vec![problem("E1", "x"), problem("", "x")];
        assert!(refusal(reasoned::<()>(Err(problems))).contains("problem 2 has no code to search for"));
    }

    #[test]
    fn an_environment_has_a_name_of_its_own() {
        assert!(names(&["dev", "prod-eu", "ä"]).is_ok());
        for (given, expected) in [
            (&[""][..], "an environment without a name"),
            (&["dev", "dev"], "there are two environments `dev`"),
            (&["a\nb"], "a character in its name that nobody sees"),
            (&["\u{1b}[31mred"], "a character in its name that nobody sees"),
            (&["a\u{202e}b"], "a character in its name that nobody sees"),
        ] {
            assert!(refusal(names(given)).contains(expected), "{given:?}");
        }
    }
}

//! SG115: flags that SGLang does not start with.

use super::Lint;
use super::starting::{RULES, Rule};
use crate::catalog::flags::{self, Release};
use crate::contract::{Problem, Severity};
use crate::derive::Plan;
use crate::problem::all_of;

pub(super) const LINT: Lint = Lint {
    code: "SG115",
    title: "flags exclude each other",
    severity: Severity::Error,
    why: "SGLang checks its flags against each other when it starts, and ends where they cannot go together: the pod \
          restarts for ever. Each flag by itself is right, so no parser finds it; an environment that adds a flag to those \
          of its base is how it comes about.",
    instead: "what the help line says; an environment takes a flag of its base out with `without = [\"flags.…\"]`",
    example: "[flags]\nenable-hierarchical-cache = true\ndisable-radix-cache = true",
    quiet: "[flags]\nenable-hierarchical-cache = true",
};

pub(super) fn check(plan: &Plan<'_>, problems: &mut Vec<Problem>) {
    let release = plan.image.flags_as_of();
    let written = written(plan);
    // What follows from keys alone goes together. In its sandbox a guest pays a call of the host for each rule that is asked.
    let concerned = RULES.iter().filter(|it| it.flags.iter().any(|flag| written.contains(flag)));
    let broken = concerned.filter(|it| release.is_among(it.releases) && it.is_broken(plan));
    problems.extend(broken.map(|it| problem(plan, it, release)));
}

/// The flags that the team has written, by all names that the table has for them.
fn written<'a>(plan: &'a Plan<'_>) -> Vec<&'a str> {
    let names = plan.spec.flags.keys().map(String::as_str);
    names.flat_map(|name| [name, flags::lookup(name).map_or(name, |it| it.canonical)]).collect()
}

fn problem(plan: &Plan<'_>, rule: &Rule, release: Release) -> Problem {
    let keys: Vec<String> = rule.flags.iter().filter_map(|it| key(plan, it)).collect();
    let message = format!(
        "SGLang {release} does not start with {}: {}",
        all_of(keys.iter().map(String::as_str)),
        rule.why
    );
    // What a newer release checks is not known; it is likelier to be the same than not.
    let problem = Problem { severity: release.severity(), ..LINT.problem(message) };
    let mut places = keys.iter().filter_map(|it| plan.keys.at(it));
    let problem = problem.at(places.next().or_else(|| plan.keys.near("flags"))).help(rule.help);
    places.fold(problem, |it, place| it.related(Some(place), "together with this"))
}

/// The key that a team wrote for a flag.
fn key(plan: &Plan<'_>, flag: &str) -> Option<String> {
    plan.flags.keys_of(flag, plan.spec).into_iter().find(|it| plan.keys.has(it))
}

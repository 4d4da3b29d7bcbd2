//! What a case is asked for: manifests or their delivery, of which environment.

use crate::laid::Laid;
use crate::native;
use crate::settings::{Output, Settings};
use crate::support::cases::Case;

/// One run of a case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) output: Output,
    pub(crate) environment: Option<String>,
}

impl Asked {
    pub(crate) fn n_doors(&self) -> usize {
        match self.output {
            Output::Manifests => 4,
            Output::Delivery => 3,
        }
    }

    /// What tells the outputs of this run from those of others.
    pub(crate) fn suffix(&self, all: &[Asked]) -> String {
        match (&self.environment, self.output) {
            _ if all.len() == 1 => String::new(),
            (Some(name), _) => format!(".{name}"),
            (None, Output::Delivery) => String::from(".delivery"),
            (None, Output::Manifests) => String::new(),
        }
    }
}

/// The environments that `case.toml` names, or all of an example's; else one run for which nobody chose. Examples show how
/// they are delivered, too.
pub(crate) fn of_case(case: &Case, settings: &Settings, laid: &Laid) -> Vec<Asked> {
    let mut names = settings.env.clone();
    if names.is_empty() && case.is_example() {
        names = native::environments(laid);
    }
    let of = |output| move |environment| Asked { output, environment };
    let environments = names.into_iter().map(Some);
    let mut asked: Vec<Asked> = environments.map(of(settings.output)).collect();
    if asked.is_empty() {
        asked.push(of(settings.output)(None));
    }
    if case.is_example() {
        asked.push(of(Output::Delivery)(None));
    }
    asked
}

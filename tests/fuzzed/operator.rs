//! Any text as the operator's file, and any text as the head of a spec: nobody raises a limit that the operator set.

use std::path::Path;

use cmp_host::choice::Choice;
use cmp_host::config::{self, Config};
use cmp_host::diagnostic::Report;
use cmp_host::guest::contract::File;
use cmp_host::limits::TABLE;
use cmp_host::parameters::Choices;
use cmp_host::render::{self, Style};
use cmp_host::tree::{ReadError, Tree};

use super::{chunks, shown};

/// The operator's file, the spec, and what a parameter asks of each limit.
pub(crate) fn look(bytes: &[u8]) {
    let mut texts = chunks::texts(bytes).into_iter();
    let file = File { path: config::NAME.to_owned(), text: texts.next().unwrap_or_default() };
    let config = match Config::of(file, Path::new(config::NAME)) {
        Ok(config) => config,
        Err(report) => return require_reason(&report),
    };
    let spec = Spec(texts.next().unwrap_or_default());
    let limits = texts.next().map(|it| TABLE.map(|row| (row.name.to_owned(), it.clone())).to_vec());
    let choices = Choices { limits: limits.unwrap_or_default(), ..Choices::default() };
    match Choice::of(&config, &spec, "", &choices) {
        Ok(choice) => require_no_more(&choice, &config),
        Err(rejection) => require_reason(&Report::new(rejection.files, rejection.problems)),
    }
}

fn require_reason(report: &Report) {
    assert!(report.has_errors());
    shown::require_harmless(&render::report(report, Style::Plain));
}

fn require_no_more(choice: &Choice<'_>, config: &Config) {
    let most = choice.guest.map_or(&config.limits, |it| &it.limits);
    for row in &TABLE {
        assert!(choice.limits.value(row.limit) <= most.value(row.limit), "`{}` was raised", row.name);
        assert!(choice.limits.value(row.limit) >= row.smallest, "`{}` means nothing", row.name);
    }
}

/// A repository of one file, whatever it is called.
struct Spec(String);

impl Tree for Spec {
    fn read(&self, _: &str, limit: usize) -> Result<Vec<u8>, ReadError> {
        if self.0.len() > limit {
            Err(ReadError::TooLarge { limit })
        } else {
            Ok(self.0.clone().into_bytes())
        }
    }

    fn has_folder(&self, path: &str) -> bool {
        path.is_empty()
    }
}

//! A row: what is tried, and what must come of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cmp_host::diagnostic::Report;
use cmp_host::guest::Failure;
use cmp_host::render::{self, Style};

use crate::attempt::Host;

type Attempt = dyn Fn(&Host) -> anyhow::Result<Seen>;

/// One attempt.
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `ok`, a failure's code, or the codes of a spec's problems.
    pub(crate) expected: String,
    try_it: Box<Attempt>,
}

/// What came of it.
pub(crate) struct Seen {
    /// `ok`, or the codes.
    pub(crate) code: String,
    /// What people read.
    pub(crate) text: String,
    /// What the cluster would get.
    pub(crate) output: String,
}

impl Row {
    pub(crate) fn new(
        id: &str,
        name: &str,
        expected: &str,
        try_it: impl Fn(&Host) -> anyhow::Result<Seen> + 'static,
    ) -> Row {
        Row { id: id.into(), name: name.into(), expected: expected.into(), try_it: Box::new(try_it) }
    }

    /// Tries it. A panic is something to be seen, too.
    pub(crate) fn attempt(&self, host: &Host) -> Seen {
        let seen = catch_unwind(AssertUnwindSafe(|| (self.try_it)(host)));
        match seen {
            Ok(Ok(seen)) => seen,
            Ok(Err(error)) => Seen::broken("TEST_BROKEN", &format!("{error:#}")),
            Err(_) => Seen::broken("PANIC", "the host panicked"),
        }
    }

    pub(crate) fn says(&self, complaint: &str) -> String {
        format!("{} {}: {complaint}", self.id, self.name)
    }
}

impl Seen {
    pub(crate) fn failed(failure: &Failure) -> Seen {
        Seen { code: failure.code().to_owned(), text: render::failure(failure), output: String::new() }
    }

    /// The codes of the errors, each once.
    pub(crate) fn rejected(report: &Report) -> Seen {
        let mut codes: Vec<&str> = report.diagnostics.iter().map(|it| it.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        Seen { code: codes.join(","), text: render::report(report, Style::Plain), output: String::new() }
    }

    pub(crate) fn passed(text: String, output: String) -> Seen {
        Seen { code: String::from("ok"), text, output }
    }

    fn broken(code: &str, text: &str) -> Seen {
        Seen { code: code.to_owned(), text: text.to_owned(), output: String::new() }
    }
}

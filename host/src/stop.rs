//! How a request ends without what it asked for. Both doors end this way: one with an exit code, one with a status.

use crate::diagnostic::Report;
use crate::guest::Failure;
use crate::printable;
use crate::problem::Rejection;
use crate::render::{self, Style};

/// Why there is no answer to what was asked for, through either door.
#[derive(Debug)]
pub enum Stop {
    /// Something is wrong with the files or the parameters.
    Rejected(Report),
    /// The command line is wrong in a way that clap cannot know.
    Usage(String),
    /// The operator's file is wrong, or what it names.
    Configuration(Report),
    /// The guest gave no answer.
    Failed(Failure),
    /// The guest answers, and not as the contract asks.
    Unfit(String),
    /// A server does not run, or cannot run so.
    Unwell {
        /// What is wrong.
        message: String,
        /// What to do.
        help: String,
    },
    /// All has been said already, where what was asked for goes.
    Said {
        /// The process's exit code.
        code: u8,
    },
    /// The host itself failed: a folder, a pipe, a disk.
    Host(anyhow::Error),
}

impl Stop {
    /// The process's exit code.
    pub fn code(&self) -> u8 {
        match self {
            Stop::Rejected(_) => 1,
            Stop::Usage(_) => 2,
            Stop::Configuration(_)
            | Stop::Failed(Failure::Engine(_))
            | Stop::Unwell { .. }
            | Stop::Host(_) => 4,
            Stop::Failed(_) | Stop::Unfit(_) => 3,
            Stop::Said { code } => *code,
        }
    }

    /// Says why: one line that stands alone, then what there is to see and to do.
    pub fn text(&self, style: Style) -> String {
        self.text_up_to(style, usize::MAX)
    }

    /// The same, and nothing more is drawn once there are so many bytes.
    pub(crate) fn text_up_to(&self, style: Style, most: usize) -> String {
        match self {
            Stop::Rejected(report) | Stop::Configuration(report) => render::report_up_to(report, style, most),
            Stop::Usage(text) => format!("error: {}\n\nhelp: see `cmp-host --help`\n", printable::line(text)),
            Stop::Unfit(reason) => format!(
                "GUEST_UNFIT {}\n\nhelp: docs/write-a-guest.md says what each check asks for\n",
                printable::line(reason)
            ),
            Stop::Failed(failure) => render::failure(failure),
            Stop::Unwell { message, help } => {
                format!("HOST_UNWELL {}\n\nhelp: {}\n", printable::line(message), printable::line(help))
            }
            Stop::Said { .. } => String::new(),
            Stop::Host(error) => format!("HOST_IO {}\n", printable::line(&format!("{error:#}"))),
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failed(failure)
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Stop {
        Stop::Host(error)
    }
}

impl From<Rejection> for Stop {
    fn from(Rejection { files, problems }: Rejection) -> Stop {
        Stop::Rejected(Report::new(files, problems))
    }
}

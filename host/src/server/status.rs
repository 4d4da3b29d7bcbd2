//! How a call ends without its answer: a status whose text is what people read on the command line.
//!
//! Argo CD shows the text and drops the status' code, which is for whoever looks at metrics.

use tonic::{Code, Status};

use crate::guest::Failure;
use crate::printable;
use crate::render::Style;
use crate::server::deadline::{Deadline, Phase, Stopwatch};
use crate::stop::Stop;
use crate::tree::archive::ArchiveError;

/// Longer texts are cut: they travel in a header, and are stored by Argo CD.
const TEXT: usize = 64 << 10;

/// Why a call has no answer.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    /// What people search for: `SG101`, `GUEST_FUEL`.
    pub(crate) name: String,
    /// Whether those who run the server should look at it: a spec that is wrong is its team's to mend, and a caller may go.
    pub(crate) is_for_operators: bool,
    text: String,
}

impl Refusal {
    fn new(code: Code, name: &str, message: &str, help: &str) -> Refusal {
        let text = format!("{name} {}\n\nhelp: {help}", printable::line(message));
        Refusal { code, name: name.to_owned(), is_for_operators: true, text }
    }

    /// The caller does not keep to the protocol.
    pub(crate) fn protocol(message: &str) -> Refusal {
        let help = "this is not how Argo CD's repo-server asks; look at what else uses the socket";
        Refusal::new(Code::InvalidArgument, "STREAM_PROTOCOL", message, help)
    }

    /// plugin.yaml asks for what cannot be done.
    pub(crate) fn plugin(message: &str) -> Refusal {
        let help = "write a pattern that Argo CD takes into `discover` of plugin.yaml, or leave it out";
        Refusal::new(Code::FailedPrecondition, "PLUGIN_CONFIG", message, help)
    }

    /// The first line of the text, which stands alone.
    pub(crate) fn first_line(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// The stream broke off: the caller has gone, or has sent what is no message.
    pub(crate) fn of_stream(status: &Status) -> Refusal {
        match status.code() {
            Code::Aborted | Code::Cancelled | Code::Unknown => Refusal::cancelled(),
            Code::OutOfRange | Code::ResourceExhausted => {
                let help =
                    "raise ARGOCD_GRPC_MAX_SIZE_MB on both sides, or let the repo-server send smaller pieces";
                Refusal::new(Code::ResourceExhausted, "ARCHIVE_LIMIT", status.message(), help)
            }
            _ => Refusal::protocol(status.message()),
        }
    }

    pub(crate) fn cancelled() -> Refusal {
        Refusal::of_stop(&Stop::Failed(Failure::Cancelled))
    }

    /// The archive is not one, or more than it may be.
    pub(crate) fn of_archive(error: &ArchiveError) -> Refusal {
        let code =
            if error.code() == "ARCHIVE_LIMIT" { Code::ResourceExhausted } else { Code::InvalidArgument };
        Refusal::new(code, error.code(), &error.to_string(), error.help())
    }

    /// The caller's time is over, and here is who used it up.
    pub(crate) fn late(deadline: &Deadline, watch: &Stopwatch) -> Refusal {
        let (name, help) = match watch.phase() {
            Phase::Queue => (
                "BUSY_DEADLINE",
                "more is asked for at once than this sidecar can do: give it more processors, or the repo-server more replicas",
            ),
            Phase::Receive => (
                "REQUEST_DEADLINE",
                "exclude what the plugin does not need from the archive, `.git` first: `--plugin-tar-exclude`",
            ),
            Phase::Guest => ("REQUEST_DEADLINE", "tell the guest's team which spec it was"),
        };
        let allowed = deadline.allowed.as_millis();
        let message = format!("the {allowed} ms of this call are over: {}", watch.account());
        Refusal::new(Code::DeadlineExceeded, name, &message, help)
    }

    /// A bug of ours. The process lives on.
    pub(crate) fn panicked() -> Refusal {
        let help = "this is a bug of cmp-host: report it with the log of the sidecar";
        Refusal::new(Code::Internal, "HOST_PANIC", "the host made a mistake and gave this request up", help)
    }

    /// The same text as on the command line, as far as there is room. To draw it takes time, as long as expanding does, so that
    /// belongs on a thread that may be blocked.
    pub(crate) fn of_stop(stop: &Stop) -> Refusal {
        let text = stop.text_up_to(Style::Plain, TEXT);
        let name = match stop {
            Stop::Rejected(report) | Stop::Configuration(report) => {
                report.diagnostics.first().map_or_else(String::new, |it| it.code.clone())
            }
            _ => text.split(' ').next().unwrap_or_default().to_owned(),
        };
        let is_for_operators =
            !matches!(stop, Stop::Rejected(_) | Stop::Usage(_) | Stop::Failed(Failure::Cancelled));
        Refusal { code: code(stop), name, is_for_operators, text: text.trim_end().to_owned() }
    }
}

fn code(stop: &Stop) -> Code {
    match stop {
        Stop::Rejected(_) | Stop::Usage(_) => Code::InvalidArgument,
        Stop::Failed(Failure::Cancelled) => Code::Cancelled,
        Stop::Failed(Failure::Engine(_)) | Stop::Host(_) | Stop::Unwell { .. } | Stop::Said { .. } => {
            Code::Internal
        }
        Stop::Failed(
            Failure::Fuel { .. } | Failure::Timeout { .. } | Failure::Memory { .. } | Failure::OutputLimit(_),
        ) => Code::ResourceExhausted,
        Stop::Configuration(_) | Stop::Failed(_) | Stop::Unfit(_) => Code::FailedPrecondition,
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Status {
        Status::new(refusal.code, cut(refusal.text))
    }
}

/// Whole lines, as many as there is room for.
fn cut(mut text: String) -> String {
    if text.len() <= TEXT {
        return text;
    }
    let room = text.floor_char_boundary(TEXT);
    text.truncate(text[..room].rfind('\n').unwrap_or(room));
    text + "\n\nthere is more: `cmp-host check` shows all of it"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_end_with_a_whole_line() {
        assert_eq!(cut(String::from("a\nb")), "a\nb");
        let text = cut("ä line\n".repeat(TEXT));
        assert!(text.len() < TEXT + 99);
        assert!(
            text.ends_with("ä line\n\nthere is more: `cmp-host check` shows all of it"),
            "{}",
            &text[TEXT - 99..]
        );
    }
}

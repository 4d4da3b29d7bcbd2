//! From an archive to manifests: the same question as on the command line, and the same road.

use std::cell::OnceCell;
use std::ffi::OsString;

use crate::diagnostic::Report;
use crate::generate::Generated;
use crate::guest::{Cancel, Meter};
use crate::parameters::Given;
use crate::question::{Asked, Question};
use crate::render::{self, Style};
use crate::server::platform::Platform;
use crate::server::record::Found;
use crate::server::status::Refusal;
use crate::server::stream::Metadata;
use crate::stop::Stop;
use crate::tree::archive::ArchiveTree;
use crate::{json, printable};

/// What Argo CD gets: one JSON text for each manifest, in the guest's order. Runs on a thread that may be blocked.
pub(crate) fn expand(
    platform: &Platform,
    metadata: &Metadata,
    tree: &ArchiveTree,
    cancel: Cancel,
    found: &Found,
) -> Result<Vec<String>, Refusal> {
    let meter = Meter::default();
    let asked = Asked {
        config: &platform.config,
        tree,
        folder: tree.folder(),
        given: &Given::default(),
        variable: &|name| metadata.variable(name).map(OsString::from),
        may_hold_parameters: metadata.may_hold_parameters(),
        cancel,
        meter: meter.clone(),
    };
    let own = OnceCell::new();
    let question = Question::of(&asked, |choice| {
        found.note_guest(platform.digest(choice));
        platform.guest(choice, &own)
    });
    let manifests =
        question.and_then(Question::manifests).map(|(Generated { manifests, warnings }, files)| {
            if !warnings.is_empty() {
                warn(metadata, &Report::new(files, warnings));
            }
            manifests.iter().map(json::document).collect()
        });
    found.note_use(&meter);
    manifests.map_err(|stop: Stop| Refusal::of_stop(&stop))
}

/// Argo CD shows nothing of an answer but its manifests, so the log is where warnings can be read.
fn warn(metadata: &Metadata, report: &Report) {
    for diagnostic in &report.diagnostics {
        let application = &*printable::line(metadata.application());
        tracing::warn!(application, code = diagnostic.code, "{}", render::headline(diagnostic));
    }
    tracing::debug!("{}", render::report(report, Style::Plain));
}

//! The host's request in the words of the guest's crate.

use cmp_guest::contract as guest;
use cmp_host::guest::contract as host;

/// The same request; the benchmark's has neither an application nor parameters.
pub(crate) fn request(it: &host::Request) -> guest::Request {
    guest::Request {
        files: it
            .files
            .iter()
            .map(|it| guest::File { path: it.path.clone(), text: it.text.clone() })
            .collect(),
        environment: it.environment.clone(),
        application: None,
        parameters: Vec::new(),
        output: guest::Output::Manifests,
        with_origins: it.with_origins,
    }
}

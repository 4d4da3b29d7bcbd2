//! What a caller sends: first its metadata, then the pieces of an archive, then nothing more.
//!
//! A caller that is answered while it still sends never reads the answer: it sees that its stream is gone, and reports
//! that. So whatever goes wrong, the rest is read first.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};
use tonic::Streaming;

use crate::server::proto::plugin::app_stream_request::Request;
use crate::server::proto::plugin::{AppStreamRequest, ManifestRequestMetadata};
use crate::server::status::Refusal;

/// An archive is finished before its first byte is sent, so nothing is waited for that long.
const IDLE: Duration = Duration::from_secs(30);
/// An Application has less than 1.5 MiB in etcd, and its parameters come in three forms.
const VARIABLES_BYTES: usize = 8 << 20;
const VARIABLES: usize = 10_000;

/// A call's stream.
pub(crate) struct Upload {
    stream: Streaming<AppStreamRequest>,
    /// Bytes of the archive, wanted or not.
    received: u64,
    ended: bool,
}

/// What the caller says beside the archive.
#[derive(Debug)]
pub(crate) struct Metadata {
    /// The application's folder below the archive's root, as it was sent.
    pub(crate) folder: String,
    pub(crate) checksum: String,
    /// Bytes of the archive, as they were announced.
    pub(crate) size: u64,
    variables: BTreeMap<String, String>,
}

impl Upload {
    pub(crate) fn new(stream: Streaming<AppStreamRequest>) -> Upload {
        Upload { stream, received: 0, ended: false }
    }

    /// The first message.
    pub(crate) async fn metadata(&mut self) -> Result<Metadata, Refusal> {
        match self.next(Instant::now() + IDLE).await? {
            Some(Request::Metadata(metadata)) => Metadata::of(metadata),
            Some(Request::File(_)) => {
                Err(Refusal::protocol("a piece of the archive came before the metadata"))
            }
            None => Err(Refusal::protocol("the stream has no metadata")),
        }
    }

    /// The next piece of the archive; none after the last. Pieces of nothing are none, and do not count as being busy.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        let until = Instant::now() + IDLE;
        loop {
            match self.next(until).await? {
                Some(Request::File(file)) if file.chunk.is_empty() => {}
                Some(Request::File(file)) => return Ok(Some(file.chunk)),
                Some(Request::Metadata(_)) => return Err(Refusal::protocol("metadata came twice")),
                None => return Ok(None),
            }
        }
    }

    async fn next(&mut self, until: Instant) -> Result<Option<Request>, Refusal> {
        if self.ended {
            return Ok(None);
        }
        let message = timeout_at(until, self.stream.message()).await.map_err(|_| {
            Refusal::protocol(&format!("nothing came for {} s, and the stream did not end", IDLE.as_secs()))
        })?;
        match message {
            Ok(Some(AppStreamRequest { request: Some(request) })) => {
                self.count(&request);
                Ok(Some(request))
            }
            Ok(Some(AppStreamRequest { request: None })) => Err(Refusal::protocol("a message is empty")),
            Ok(None) => {
                self.ended = true;
                Ok(None)
            }
            Err(status) => {
                self.ended = true;
                Err(Refusal::of_stream(&status))
            }
        }
    }

    /// Reads what is left, and throws it away.
    pub(crate) async fn drain(&mut self, until: Instant) {
        if self.ended {
            return;
        }
        let rest = async {
            while let Ok(Some(message)) = timeout(IDLE, self.stream.message()).await.unwrap_or(Ok(None)) {
                message.request.iter().for_each(|it| self.count(it));
            }
        };
        // Who still sends at its own deadline does not read any more.
        drop(timeout_at(until, rest).await);
        self.ended = true;
    }

    /// Bytes of the archive that have come so far.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    fn count(&mut self, request: &Request) {
        if let Request::File(file) = request {
            self.received += file.chunk.len() as u64;
        }
    }
}

impl Metadata {
    fn of(it: ManifestRequestMetadata) -> Result<Metadata, Refusal> {
        let bytes: usize = it.env.iter().map(|it| it.name.len() + it.value.len()).sum();
        if bytes > VARIABLES_BYTES || it.env.len() > VARIABLES {
            let message = format!(
                "the metadata has {} variables of {bytes} bytes; {VARIABLES} of {VARIABLES_BYTES} are allowed",
                it.env.len()
            );
            return Err(Refusal::protocol(&message));
        }
        // Of two entries of one name the later one counts, as in a process' environment.
        let variables = it.env.into_iter().filter(|it| !it.name.is_empty());
        Ok(Metadata {
            folder: it.app_rel_path,
            checksum: it.checksum,
            size: u64::try_from(it.size).unwrap_or(0),
            variables: variables.map(|it| (it.name, it.value)).collect(),
        })
    }

    /// Argo CD's variable of this name.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Only then must the guest be asked which parameters it takes.
    pub(crate) fn may_hold_parameters(&self) -> bool {
        let has_some = |it: &str| !matches!(it, "" | "null" | "[]");
        self.variable("ARGOCD_APP_PARAMETERS").is_some_and(has_some)
            || self.variables.keys().any(|it| it.starts_with("ARGOCD_ENV_"))
    }

    /// The Application that asks; without a name, all that there is is its folder.
    pub(crate) fn application(&self) -> &str {
        self.variable("ARGOCD_APP_NAME").filter(|it| !it.is_empty()).unwrap_or(&self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::proto::plugin::EnvEntry;

    #[test]
    fn an_application_without_a_name_is_its_folder() {
        for (name, application) in [("team_chat", "team_chat"), ("", "services/chat")] {
            let env = vec![EnvEntry { name: String::from("ARGOCD_APP_NAME"), value: name.to_owned() }];
            let app_rel_path = String::from("services/chat");
            let sent = ManifestRequestMetadata { env, app_rel_path, ..ManifestRequestMetadata::default() };
            assert_eq!(Metadata::of(sent).unwrap().application(), application);
        }
    }
}

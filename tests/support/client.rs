//! Asks a plugin server as Argo CD's repo-server does, message by message.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::{BufMut, Bytes, BytesMut};
use cmp_host::server::proto::plugin::app_stream_request::Request as Part;
use cmp_host::server::proto::plugin::{
    AppStreamRequest, EnvEntry, File, ManifestRequestMetadata, ManifestResponse,
};
use h2::client::{ResponseFuture, SendRequest};
use h2::{RecvStream, SendStream};
use http::{HeaderMap, Request};
use prost::Message;
use sha2::{Digest, Sha256};
use tokio::net::UnixStream;

/// A connection.
pub(crate) struct Client {
    requests: SendRequest<Bytes>,
}

/// A call that is not answered yet.
pub(crate) struct Call {
    stream: SendStream<Bytes>,
    response: ResponseFuture,
}

/// How a server refuses: gRPC's number and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) code: i32,
    pub(crate) text: String,
}

/// An archive, and what is said about it.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) archive: Bytes,
    pub(crate) folder: String,
    pub(crate) variables: Vec<(String, String)>,
}

const HOST: &str = "http://localhost/";
const SERVICE: &str = "plugin.ConfigManagementPluginService/";
/// As a repo-server that traces has it.
pub(crate) const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// Argo CD's own.
const CHUNK: usize = 1024;

impl Client {
    pub(crate) async fn connect(socket: &Path) -> anyhow::Result<Client> {
        let stream = UnixStream::connect(socket).await?;
        let (requests, connection) = h2::client::handshake(stream).await?;
        tokio::spawn(connection);
        Ok(Client { requests })
    }

    /// Begins a call, of the plugin's service if no other is named; `timeout` is in gRPC's own form.
    pub(crate) async fn begin(&self, method: &str, timeout: Option<&str>) -> anyhow::Result<Call> {
        let service = if method.contains('/') { "" } else { SERVICE };
        let mut request = Request::post(format!("{HOST}{service}{method}"));
        for (name, value) in
            [("content-type", "application/grpc"), ("te", "trailers"), ("traceparent", TRACEPARENT)]
        {
            request = request.header(name, value);
        }
        if let Some(timeout) = timeout {
            request = request.header("grpc-timeout", timeout);
        }
        let mut requests = self.requests.clone().ready().await?;
        let (response, stream) = requests.send_request(request.body(())?, false)?;
        Ok(Call { stream, response })
    }

    /// A call with all of its messages.
    pub(crate) async fn call<T: Message + Default>(
        &self,
        method: &str,
        messages: &[Vec<u8>],
        timeout: Option<&str>,
    ) -> anyhow::Result<Result<T, Status>> {
        let mut call = self.begin(method, timeout).await?;
        for message in messages {
            if call.send(message).await.is_err() {
                // The server has said its last word already, and it is there to be read.
                return call.answer().await;
            }
        }
        call.finish().await
    }

    /// Sends an archive as the repo-server does, and gives the manifests.
    pub(crate) async fn generate(&self, asked: &Asked) -> anyhow::Result<Result<Vec<String>, Status>> {
        let answer =
            self.call::<ManifestResponse>("GenerateManifest", &asked.messages(), Some("60S")).await?;
        Ok(answer.map(|it| it.manifests))
    }
}

impl Call {
    /// Sends one message as soon as there is room for it.
    pub(crate) async fn send(&mut self, message: &[u8]) -> anyhow::Result<()> {
        let mut bytes = BytesMut::with_capacity(message.len() + 5);
        bytes.put_u8(0);
        bytes.put_u32(u32::try_from(message.len())?);
        bytes.put_slice(message);
        self.send_raw(bytes.freeze()).await
    }

    /// Sends bytes that need not be a message.
    pub(crate) async fn send_raw(&mut self, mut bytes: Bytes) -> anyhow::Result<()> {
        while !bytes.is_empty() {
            self.stream.reserve_capacity(bytes.len());
            let room = std::future::poll_fn(|context| self.stream.poll_capacity(context)).await;
            let room = room.context("the stream is closed")??;
            self.stream.send_data(bytes.split_to(room.min(bytes.len())), false)?;
        }
        Ok(())
    }

    /// Half-closes, and waits for the answer.
    pub(crate) async fn finish<T: Message + Default>(self) -> anyhow::Result<Result<T, Status>> {
        self.finish_sending()?.answer().await
    }

    /// Half-closes.
    pub(crate) fn finish_sending(mut self) -> anyhow::Result<Call> {
        self.stream.send_data(Bytes::new(), true)?;
        Ok(self)
    }

    /// Waits for the answer without an end of the messages.
    pub(crate) async fn answer<T: Message + Default>(self) -> anyhow::Result<Result<T, Status>> {
        let response = self.response.await?;
        ensure!(response.status() == 200, "HTTP status {}", response.status());
        if let Some(status) = status(response.headers()) {
            return Ok(Err(status));
        }
        let mut body = response.into_body();
        let message = read(&mut body).await?;
        let trailers = body.trailers().await?.context("an answer has trailers")?;
        match status(&trailers).context("trailers have a status")? {
            Status { code: 0, .. } => {
                Ok(Ok(T::decode(message.get(5..).context("an answer has a message")?)?))
            }
            status => Ok(Err(status)),
        }
    }

    /// Goes away without a word.
    pub(crate) fn cancel(mut self) {
        self.stream.send_reset(h2::Reason::CANCEL);
    }
}

async fn read(body: &mut RecvStream) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// Only a refusal without any message has its status in the headers.
fn status(headers: &HeaderMap) -> Option<Status> {
    let status = tonic::Status::from_header_map(headers)?;
    Some(Status { code: status.code() as i32, text: status.message().to_owned() })
}

impl Asked {
    /// The metadata, and then the archive in pieces.
    pub(crate) fn messages(&self) -> Vec<Vec<u8>> {
        let pieces = self.archive.chunks(CHUNK).map(piece);
        std::iter::once(self.metadata()).chain(pieces).collect()
    }

    /// The first message.
    pub(crate) fn metadata(&self) -> Vec<u8> {
        let sum = Sha256::digest(&self.archive);
        let env =
            self.variables.iter().map(|(name, value)| EnvEntry { name: name.clone(), value: value.clone() });
        message(Part::Metadata(ManifestRequestMetadata {
            app_name: self.folder.rsplit('/').next().unwrap_or_default().to_owned(),
            app_rel_path: self.folder.clone(),
            checksum: base16ct::lower::encode_string(&sum),
            size: self.archive.len() as i64,
            env: env.collect(),
        }))
    }
}

/// A message with a piece of the archive.
pub(crate) fn piece(bytes: &[u8]) -> Vec<u8> {
    message(Part::File(File { chunk: bytes.to_vec() }))
}

/// A message of the stream.
pub(crate) fn message(part: Part) -> Vec<u8> {
    AppStreamRequest { request: Some(part) }.encode_to_vec()
}

/// Runs asynchronous code of a test, and never for longer than a minute: what hangs is to fail.
pub(crate) fn run<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::time::timeout(Duration::from_secs(120), work).await.context("no answer within two minutes")?
    })
}

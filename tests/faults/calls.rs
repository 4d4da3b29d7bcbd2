//! Streams that are not as Argo CD sends them, and callers that do not keep to their part.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bytes::Bytes;
use cmp_host::server::proto::plugin::app_stream_request::Request as Part;
use cmp_host::server::proto::plugin::{EnvEntry, ManifestRequestMetadata, ManifestResponse};
use tokio::task::JoinSet;

use crate::row::{GOOD, Row, Seen, against, require_good};
use crate::support::client::{Asked, Client, message, piece};
use crate::support::served::Served;

pub(crate) fn rows() -> Vec<Row> {
    let row = |id, name, expected, attempt| Row { id, name, expected, attempt };
    vec![
        row("C-14", "no-message-at-all", "STREAM_PROTOCOL", || sent(Vec::new())),
        row("C-14", "a-piece-before-the-metadata", "STREAM_PROTOCOL", || {
            sent(vec![piece(b"abc"), GOOD.metadata()])
        }),
        row("C-14", "metadata-twice", "STREAM_PROTOCOL", || sent(vec![GOOD.metadata(), GOOD.metadata()])),
        row("C-14", "a-message-that-is-empty", "STREAM_PROTOCOL", || sent(vec![GOOD.metadata(), Vec::new()])),
        row("C-14", "metadata-alone", "ARCHIVE_INVALID", || sent(vec![GOOD.metadata()])),
        row("C-14", "eight-and-a-half-mebibytes-of-variables", "STREAM_PROTOCOL", || variables(17, 1 << 19)),
        row("C-14", "ninety-mebibytes-of-variables", "STREAM_PROTOCOL", much_before_a_place),
        row("C-14", "eleven-thousand-variables", "STREAM_PROTOCOL", || variables(11_000, 1)),
        row("C-14", "names-of-a-mebibyte", "ok", long_names),
        row("C-14", "a-variable-of-odd-letters", "ok", || with(&[("A=B\0\n", "x"), ("", "y")])),
        row("C-14", "a-variable-twice", "ok", || {
            with(&[("ARGOCD_ENV_ENVIRONMENT", "none"), ("ARGOCD_ENV_ENVIRONMENT", "dev")])
        }),
        row("C-14", "parameters-that-are-no-json", "SG007", || with(&[("ARGOCD_APP_PARAMETERS", "[{")])),
        row("C-14", "limits-in-a-variable", "GUEST_FUEL", || {
            with(&[("ARGOCD_ENV_LIMITS", r#"{"fuel":"1"}"#)])
        }),
        row("C-14", "limits-that-are-no-object", "SG023", || with(&[("ARGOCD_ENV_LIMITS", "fuel=1")])),
        row("C-16", "a-thousand-pieces-of-nothing", "ok", pieces_of_nothing),
        row("C-16", "pieces-of-sixty-four-bytes", "ok", small_pieces),
        row("C-16", "one-piece-of-everything", "ok", one_piece),
        row("C-16", "a-message-beyond-the-limit", "ARCHIVE_LIMIT", beyond_the_limit),
        row("C-18", "a-caller-that-goes-at-each-message", "ok", gone_at_each_message),
        row("C-20", "letters-of-another-protocol", "ok", other_protocols),
        row("C-21", "a-compressed-message", "ok", compressed),
        row("C-21", "a-call-that-there-is-not", "ok", unknown_call),
        row("C-24", "fifty-milliseconds-for-a-stream-that-stalls", "REQUEST_DEADLINE", || stalled("50m")),
        row("C-24", "a-deadline-that-is-over-already", "ok", over_already),
    ]
}

fn sent(messages: Vec<Vec<u8>>) -> anyhow::Result<Seen> {
    against(async |served| {
        let client = Client::connect(&served.socket).await?;
        let answer = client.call::<ManifestResponse>("GenerateManifest", &messages, Some("60S")).await?;
        Ok(Seen::of(answer.map(|it| it.manifests)))
    })
}

async fn ask(served: &Served, asked: &Asked) -> anyhow::Result<Seen> {
    Ok(Seen::of(Client::connect(&served.socket).await?.generate(asked).await?))
}

fn with(variables: &[(&str, &str)]) -> anyhow::Result<Seen> {
    let mut changed = GOOD.clone();
    changed.variables.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    against(async |served| ask(served, &changed).await)
}

/// What a caller chooses is cut where it is logged.
fn long_names() -> anyhow::Result<Seen> {
    let names = ["ARGOCD_APP_NAME", "ARGOCD_APP_PROJECT_NAME", "ARGOCD_APP_REVISION"];
    let (mut asked, long) = (GOOD.clone(), "x".repeat(1 << 20));
    asked.variables.extend(names.map(|it| (it.to_owned(), long.clone())));
    against(async |served| {
        let seen = ask(served, &asked).await?;
        let started = Instant::now();
        while !served.log().contains("\"call\":\"GenerateManifest\"") {
            ensure!(started.elapsed() < Duration::from_secs(20), "the call is not logged");
        }
        let longest = served.log().lines().map(str::len).max().unwrap_or_default();
        ensure!(longest < 16 << 10, "a line of the log has {longest} bytes");
        Ok(seen)
    })
}

fn variables(n_variables: usize, size: usize) -> anyhow::Result<Seen> {
    let env = (0..n_variables).map(|it| EnvEntry { name: format!("V{it}"), value: "x".repeat(size) });
    let metadata = ManifestRequestMetadata { env: env.collect(), ..ManifestRequestMetadata::default() };
    sent(vec![message(Part::Metadata(metadata))])
}

/// Nothing of it is kept, however many send it at once.
fn much_before_a_place() -> anyhow::Result<Seen> {
    against(async |served| {
        let before = peak(served)?;
        let env = EnvEntry { name: String::from("V"), value: "x".repeat(90 << 20) };
        let metadata = ManifestRequestMetadata { env: vec![env], ..ManifestRequestMetadata::default() };
        let messages = [message(Part::Metadata(metadata))];
        let client = Client::connect(&served.socket).await?;
        let answer = client.call::<ManifestResponse>("GenerateManifest", &messages, Some("60S")).await?;
        let grown = peak(served)? - before;
        ensure!(grown < 16 << 10, "{grown} KiB more");
        Ok(Seen::of(answer.map(|it| it.manifests)))
    })
}

/// The most memory that the server ever had, in KiB.
pub(crate) fn peak(served: &Served) -> anyhow::Result<usize> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", served.child.0.id()))?;
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).context("the kernel tells")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

fn pieces_of_nothing() -> anyhow::Result<Seen> {
    let mut messages = GOOD.messages();
    messages.splice(1..1, std::iter::repeat_n(piece(b""), 1_000));
    sent(messages)
}

fn small_pieces() -> anyhow::Result<Seen> {
    sent(std::iter::once(GOOD.metadata()).chain(GOOD.archive.chunks(64).map(piece)).collect())
}

fn one_piece() -> anyhow::Result<Seen> {
    sent(vec![GOOD.metadata(), piece(&GOOD.archive)])
}

fn beyond_the_limit() -> anyhow::Result<Seen> {
    sent(vec![GOOD.metadata(), piece(&vec![0; 101 << 20])])
}

/// Nothing is left of a call whose caller has gone, whenever that was.
fn gone_at_each_message() -> anyhow::Result<Seen> {
    against(async |served| {
        let messages = GOOD.messages();
        for n_messages in 0..=messages.len() {
            let client = Client::connect(&served.socket).await?;
            let mut call = client.begin("GenerateManifest", Some("60S")).await?;
            for message in &messages[..n_messages] {
                call.send(message).await?;
            }
            call.cancel();
        }
        Ok(Seen::new("ok", &format!("{} calls were left", messages.len() + 1)))
    })
}

/// Each ends its own connection, and no other.
fn other_protocols() -> anyhow::Result<Seen> {
    against(async |served| {
        let bystander = Client::connect(&served.socket).await?;
        let long = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &[0xff; 9 << 10]].concat();
        for bytes in [
            b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".as_slice(),
            b"\x16\x03\x01\x02\0",
            b"\0",
            &[7; 1 << 16],
            &long,
        ] {
            let mut stream = UnixStream::connect(&served.socket)?;
            stream.set_write_timeout(Some(Duration::from_secs(10)))?;
            // The server may have hung up already, which is what it should do.
            drop(stream.write_all(bytes));
        }
        Ok(Seen::of(bystander.generate(&GOOD).await?))
    })
}

/// No compression is offered, so whoever uses it all the same is told.
fn compressed() -> anyhow::Result<Seen> {
    against(async |served| {
        let client = Client::connect(&served.socket).await?;
        let mut call = client.begin("GenerateManifest", Some("60S")).await?;
        call.send_raw(Bytes::from_static(&[1, 0, 0, 0, 3, 1, 2, 3])).await?;
        let answer = call.finish::<ManifestResponse>().await?;
        let status = answer.err().context("a compressed message is taken")?;
        ensure!(matches!(status.code, 3 | 12 | 13), "{status:?}");
        Ok(Seen::new("ok", "the call is refused"))
    })
}

fn unknown_call() -> anyhow::Result<Seen> {
    against(async |served| {
        let client = Client::connect(&served.socket).await?;
        let answer = client.call::<ManifestResponse>("GenerateNothing", &[], None).await?;
        let status = answer.err().context("an unknown call is answered")?;
        ensure!(status.code == 12, "{status:?}");
        Ok(Seen::new("ok", "the call is not implemented"))
    })
}

/// An answer in words comes before the caller gives up, if there is time for any.
fn stalled(timeout: &'static str) -> anyhow::Result<Seen> {
    against(async |served| {
        let client = Client::connect(&served.socket).await?;
        let mut call = client.begin("GenerateManifest", Some(timeout)).await?;
        call.send(&GOOD.metadata()).await.or_else(|_| anyhow::Ok(()))?;
        let answer = call.answer::<ManifestResponse>().await?;
        let mut seen = Seen::of(answer.map(|it| it.manifests));
        // How long each part took differs from run to run.
        seen.message = seen.message.split(": ").next().unwrap_or_default().to_owned();
        Ok(seen)
    })
}

/// There is no time for words, and whose words they are is chance.
fn over_already() -> anyhow::Result<Seen> {
    stalled("0m").map(|_| Seen::new("ok", "the call is refused"))
}

/// Many at once, who all go away in the middle.
pub(crate) async fn leave_in_the_middle(served: &Served, n_calls: usize) -> anyhow::Result<()> {
    let messages = GOOD.messages();
    let mut tasks = JoinSet::new();
    for number in 0..n_calls {
        let (socket, messages) = (served.socket.clone(), messages.clone());
        tasks.spawn(async move {
            let client = Client::connect(&socket).await?;
            let mut call = client.begin("GenerateManifest", Some("60S")).await?;
            for message in &messages[..number % (messages.len() + 1)] {
                call.send(message).await?;
            }
            call.cancel();
            anyhow::Ok(())
        });
        if number % 50 == 49 {
            while let Some(task) = tasks.join_next().await {
                task??;
            }
        }
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    require_good(served).await
}

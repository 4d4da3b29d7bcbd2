//! The optional page for Prometheus and for probes: `/metrics`, `/healthz`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::server::metrics::Metrics;

/// Nobody has so many Prometheus servers.
const CONNECTIONS: usize = 32;
/// Who sends no whole request in that time is no probe.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection may be used again until then; Prometheus makes another one.
const LONGEST: Duration = Duration::from_secs(60);

/// Listens, and serves for as long as the runtime lives.
pub(crate) async fn serve(
    address: SocketAddr,
    metrics: Arc<Metrics>,
    draining: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address).await;
    let listener = listener.with_context(|| format!("cannot listen on `{address}` for metrics"))?;
    tracing::info!(address = %listener.local_addr()?, "serving /metrics and /healthz");
    tokio::spawn(accept(listener, metrics, draining));
    Ok(())
}

async fn accept(listener: TcpListener, metrics: Arc<Metrics>, draining: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (metrics, draining) = (Arc::clone(&metrics), draining.clone());
        let answer = service_fn(move |request| {
            let response = answer(&request, &metrics, *draining.borrow());
            async { Ok::<_, Infallible>(response) }
        });
        let mut connection = http1::Builder::new();
        connection.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
        let connection = connection.serve_connection(TokioIo::new(stream), answer);
        tokio::spawn(async move {
            // A client that does not read what it asked for would keep its place for good.
            drop(timeout(LONGEST, connection).await);
            drop(place);
        });
    }
}

fn answer(request: &Request<Incoming>, metrics: &Metrics, is_draining: bool) -> Response<Full<Bytes>> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let (status, text) = match request.uri().path() {
        _ if !is_read => (StatusCode::METHOD_NOT_ALLOWED, String::from("only GET\n")),
        "/metrics" => (StatusCode::OK, metrics.page()),
        "/healthz" if is_draining => (StatusCode::SERVICE_UNAVAILABLE, String::from("draining\n")),
        "/healthz" => (StatusCode::OK, String::from("ok\n")),
        _ => (StatusCode::NOT_FOUND, String::from("there are /metrics and /healthz\n")),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    // The version belongs to the text form, and Prometheus 3 refuses a page without it.
    let form = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, form);
    response
}

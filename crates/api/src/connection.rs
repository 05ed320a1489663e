//! One connection: HTTP until it ends, or until a handler takes the socket over.

use std::convert::Infallible;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use gantry_engine::Engine;
use hyper::Request;
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::UnixStream;
use tokio::sync::watch;

use crate::body::RequestBody;
use crate::hijack::Hijack;
use crate::reception::Reception;
use crate::response::{self, Response};
use crate::route::route;
use crate::socket::ClientStream;

/// How long a client may take to send a request's head. Idle connections count as well: clients
/// reconnect by themselves.
const HEAD_TIMEOUT: Duration = Duration::from_mins(5);
/// The most bytes of a request's head; filters and names travel there.
const HEAD_BYTES: usize = 256 * 1024;

/// Where a handler's wish waits for the driver. Both run in the same task.
type Slot = Arc<Mutex<Option<Hijack>>>;

type ServiceFuture = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

/// Serves one client until it leaves or the engine does.
pub(crate) async fn drive(engine: Engine, socket: UnixStream, mut closing: watch::Receiver<bool>) {
    let _guard = engine.client();
    let slot = Slot::default();
    let reception = Reception::default();
    let service = service_fn({
        let slot = Arc::clone(&slot);
        let reception = reception.clone();
        move |request: Request<Incoming>| -> ServiceFuture {
            let (engine, slot) = (engine.clone(), Arc::clone(&slot));
            let answering = reception.begin(request.body().is_end_stream());
            let request = request.map(|body| RequestBody::new(body, reception.clone()));
            Box::pin(async move {
                let mut response = route(engine, request).await;
                let Some(hijack) = response.extensions_mut().remove() else {
                    return Ok(response::holding(response, answering));
                };
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(hijack);
                // The driver drops this future with the rest of hyper.
                pending().await
            })
        }
    });
    let mut http = http1::Builder::new()
        .timer(TokioTimer::new())
        // Docker writes `Api-Version`, and scripts look for that.
        .title_case_headers(true)
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(ClientStream::new(socket, reception)), service);

    let outcome = tokio::select! {
        outcome = poll_fn(|cx| match http.poll_without_shutdown(cx) {
            Poll::Ready(ended) => Poll::Ready(ended.map(|()| None)),
            Poll::Pending => {
                match slot.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    Some(hijack) => Poll::Ready(Ok(Some(hijack))),
                    None => Poll::Pending,
                }
            }
        }) => outcome,
        _ = closing.changed() => {
            Pin::new(&mut http).graceful_shutdown();
            (&mut http).await.map(|()| None)
        }
    };
    match outcome {
        Ok(Some(hijack)) => {
            let parts = http.into_parts();
            let socket = parts.io.into_inner().into_inner();
            hijack.take_over(socket, parts.read_buf).await;
        }
        Ok(None) => {}
        Err(error) => tracing::debug!(%error, "connection ended"),
    }
}

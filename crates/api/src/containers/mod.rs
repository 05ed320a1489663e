//! `/containers` and `/commit`.

pub(crate) mod archive;
mod attach;
mod commit;
mod lifecycle;
mod list;
mod stats;

pub(crate) use archive::with_stat;
pub(crate) use attach::size;
pub(crate) use commit::{changes, commit, reference};

use gantry_wire::gantry::FilesOf;
use hyper::Method;

use crate::error::Error;
use crate::exec;
use crate::logs;
use crate::request::Call;
use crate::response::Response;

/// Finds the handler of a path below `/containers`.
pub(crate) async fn route(call: Call, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path) {
        (&Method::GET, ["json"]) => list::list(&call).await,
        (&Method::POST, ["create"]) => list::create(call).await,
        (&Method::POST, ["prune"]) => list::prune(&call).await,
        (&Method::GET, [id, "json"]) => list::inspect(&call, id).await,
        (&Method::GET, [id, "export"]) => list::export(&call, id).await,
        (&Method::GET, [id, "changes"]) => list::changes(&call, id).await,
        (&Method::GET, [id, "archive"]) => archive::get(&call, &files_of(id)).await,
        (&Method::PUT, [id, "archive"]) => archive::put(call, &files_of(id)).await,
        (&Method::GET, [id, "logs"]) => logs::logs(&call, id).await,
        (&Method::GET, [id, "top"]) => stats::top(&call, id).await,
        (&Method::POST, [id, "update"]) => lifecycle::update(call, id).await,
        (&Method::GET, [id, "stats"]) => stats::stats(&call, id),
        (&Method::POST, [id, "attach"]) => attach::attach(&call, id).await,
        (&Method::POST, [id, "exec"]) => exec::create(call, id).await,
        (&Method::POST, [id, "resize"]) => attach::resize(&call, id).await,
        (&Method::POST, [id, "start"]) => lifecycle::start(&call, id).await,
        (&Method::POST, [id, "stop"]) => lifecycle::stop(&call, id).await,
        (&Method::POST, [id, "restart"]) => lifecycle::restart(&call, id).await,
        (&Method::POST, [id, "kill"]) => lifecycle::kill(&call, id).await,
        (&Method::POST, [id, "pause"]) => lifecycle::pause(&call, id).await,
        (&Method::POST, [id, "unpause"]) => lifecycle::unpause(&call, id).await,
        (&Method::POST, [id, "rename"]) => lifecycle::rename(&call, id).await,
        (&Method::POST, [id, "wait"]) => lifecycle::wait(&call, id).await,
        (&Method::DELETE, [id]) => lifecycle::remove(&call, id).await,
        (_, [_, "checkpoints", ..]) => Err(Error::NotImplemented("checkpoint")),
        (_, [_, "attach", "ws"]) => Err(Error::NotImplemented("attach over a WebSocket")),
        (_, [_] | [_, "json" | "logs" | "start" | "stop" | "wait"]) => Err(Error::MethodNotAllowed),
        _ => Err(Error::NoSuchPage),
    }
}

fn files_of(id: &str) -> FilesOf {
    FilesOf::Container(id.to_owned())
}

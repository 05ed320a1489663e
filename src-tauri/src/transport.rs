//! The four commands of the web view. They carry bytes and know no call by its meaning.
//!
//! Subscriptions are pulled frame by frame: Tauri's channels have no back-pressure, and a frame
//! that they lose is lost for good. A pending request has neither fault.

use std::sync::Arc;

use gantry_desk::{Desk, Streams};
use gantry_view::{Call, Failure, SetSettings, Subscribe, WatchWindow};
use tauri::{
    State, WebviewWindow,
    ipc::{InvokeBody, Request, Response},
};

use crate::{feed::Feed, native, window};

/// The header that names the call.
const CALL: &str = "x-call";

/// Everything the window talks to.
pub(crate) struct Session {
    pub(crate) desk: Desk,
    pub(crate) streams: Arc<Streams>,
    pub(crate) feed: Arc<Feed>,
}

/// Answers a call.
#[tauri::command]
pub(crate) async fn rpc(
    request: Request<'_>,
    window: WebviewWindow,
    session: State<'_, Session>,
) -> Result<Response, Failure> {
    let (name, body) = parts(&request)?;
    if let Some(reply) = native::call(&window, &name, &body).await {
        return reply.map(Response::new);
    }
    let reply = session.desk.call(&name, &body).await?;
    if name == SetSettings::NAME {
        window::apply(&window, &session);
    }
    Ok(Response::new(reply))
}

/// Starts a subscription and names it.
#[tauri::command]
pub(crate) async fn subscribe(
    request: Request<'_>,
    session: State<'_, Session>,
) -> Result<u32, Failure> {
    let (name, args) = parts(&request)?;
    let frames = match name.as_str() {
        WatchWindow::NAME => session.feed.subscribe(),
        name => session.desk.subscribe(name, &args)?,
    };
    Ok(session.streams.open(frames))
}

/// Waits for a frame of a subscription; empty when it has ended.
#[tauri::command]
pub(crate) async fn next(
    id: u32,
    frame: u64,
    session: State<'_, Session>,
) -> Result<Response, Failure> {
    let frame = session.streams.next(id, frame).await?;
    Ok(Response::new(Vec::from(frame)))
}

/// Ends a subscription.
#[tauri::command]
pub(crate) async fn unsubscribe(id: u32, session: State<'_, Session>) -> Result<(), Failure> {
    session.streams.close(id);
    Ok(())
}

fn parts(request: &Request<'_>) -> Result<(String, Vec<u8>), Failure> {
    let name = request
        .headers()
        .get(CALL)
        .and_then(|name| name.to_str().ok());
    let name = name.ok_or_else(|| bad(format!("the header {CALL} is missing")))?;
    let body = match request.body() {
        InvokeBody::Raw(bytes) => bytes.clone(),
        // Where the web view cannot send bytes, Tauri sends them as an array of numbers.
        InvokeBody::Json(value) => {
            serde_json::from_value(value.clone()).map_err(|error| bad(error.to_string()))?
        }
    };
    Ok((name.to_owned(), body))
}

fn bad(raw: String) -> Failure {
    Failure::new("bad-request", raw)
}

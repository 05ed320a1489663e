use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code},
    },
    response::Response,
};
use gantry_desk::Desk;

/// How long a browser may take to say what it subscribes to.
const PATIENCE: Duration = Duration::from_secs(10);

/// `GET /stream/NAME`: a WebSocket that carries one subscription.
///
/// The browser's first message is the JSON of the subscription; then each message is a frame. TCP
/// slows the subscription down to what the browser reads.
pub(super) async fn stream(
    State(desk): State<Desk>,
    Path(name): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(async move |mut socket| {
        // Either side may end it at any time; there is nobody left to tell.
        let _ = serve(&desk, &name, &mut socket).await;
    })
}

async fn serve(desk: &Desk, name: &str, socket: &mut WebSocket) -> Result<(), axum::Error> {
    let Ok(Some(first)) = tokio::time::timeout(PATIENCE, socket.recv()).await else {
        return Ok(());
    };
    let mut frames = match desk.subscribe(name, &first?.into_data()) {
        Ok(frames) => frames,
        Err(failure) => {
            let json = serde_json::to_vec(&failure).unwrap_or_default();
            socket.send(text(json.into())).await?;
            return socket.send(ended()).await;
        }
    };
    loop {
        tokio::select! {
            frame = frames.next() => match frame {
                Some(frame) => socket.send(text(frame)).await?,
                None => return socket.send(ended()).await,
            },
            message = socket.recv() => match message {
                None | Some(Ok(Message::Close(_))) => return Ok(()),
                Some(message) => drop(message?),
            },
        }
    }
}

/// By this a browser tells a stream that has ended from one that broke off.
fn ended() -> Message {
    Message::Close(Some(CloseFrame {
        code: close_code::NORMAL,
        reason: Utf8Bytes::default(),
    }))
}

/// Frames are JSON, so they are valid UTF-8.
fn text(frame: Bytes) -> Message {
    Message::Text(Utf8Bytes::try_from(frame).unwrap_or_default())
}

//! An engine that answers what a test tells it to.

use std::{collections::VecDeque, path::Path, sync::Arc, sync::Mutex};

use gantry_desk::{Desk, Options};
use gantry_view::HostKind;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

/// What to answer to a request, and what to do with the connection.
pub struct Answer {
    /// The request's method and path without its query.
    pub to: &'static str,
    pub status: &'static str,
    pub body: String,
    /// Keep the answer open, as a stream that goes on does.
    pub open: bool,
}

/// A desk whose engine gives each answer once, in order per request.
pub fn desk(answers: Vec<Answer>) -> (Desk, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("engine.sock");
    serve(&socket, answers);
    let options = Options {
        root: Some(folder.path().join("data")),
        socket: Some(socket),
        ..Options::new(HostKind::Desktop)
    };
    (Desk::new(options), folder)
}

fn serve(socket: &Path, answers: Vec<Answer>) {
    let listener = UnixListener::bind(socket).expect("a socket");
    let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&answers)));
        }
    });
}

async fn answer(mut stream: UnixStream, answers: Arc<Mutex<VecDeque<Answer>>>) {
    let request = head(&mut stream).await;
    if request == "GET /_ping" {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nOK")
            .await;
        return;
    }
    let found = {
        let mut answers = answers.lock().expect("no panic");
        let at = answers.iter().position(|answer| answer.to == request);
        at.and_then(|at| answers.remove(at))
    };
    let Some(found) = found else {
        let _ = stream
            .write_all(b"HTTP/1.1 500 unexpected\r\ncontent-length: 0\r\n\r\n")
            .await;
        return;
    };
    let head = format!("HTTP/1.1 {}\r\nconnection: close\r\n\r\n", found.status);
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(found.body.as_bytes()).await;
    if found.open {
        std::future::pending::<()>().await;
    }
}

/// Reads a request's head and body; `METHOD /path`.
async fn head(stream: &mut UnixStream) -> String {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else {
            break;
        };
        bytes.push(byte);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let length = text.lines().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("content-length: ")?
            .parse()
            .ok()
    });
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = stream.read_exact(&mut body).await;
    let mut words = text.split(' ');
    let method = words.next().unwrap_or_default();
    let path = words.next().unwrap_or_default();
    format!("{method} {}", path.split('?').next().unwrap_or_default())
}

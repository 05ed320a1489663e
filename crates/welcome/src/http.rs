//! One request, one answer, then the connection closes.
//!
//! A client may be slow, broken or hostile: the request head has a size and both directions have
//! a deadline, so no client holds a worker for longer than [`PATIENCE`] each way.

use std::{
    fmt,
    io::{self, Read, Write},
    net::{Shutdown, TcpStream},
    time::{Duration, Instant},
};

use crate::pages;

const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_HEAD: usize = 16 * 1024;

/// Why a client got no answer.
#[derive(Debug)]
pub enum Trouble {
    Late,
    Left,
    Io(io::Error),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Late => write!(f, "too slow: gave up after {} s", PATIENCE.as_secs()),
            Self::Left => write!(f, "left without a complete request"),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::Late,
            _ => Self::Io(error),
        }
    }
}

struct Answer {
    status: &'static str,
    kind: &'static str,
    body: Vec<u8>,
}

impl Answer {
    fn text(status: &'static str) -> Self {
        let body = format!("{status}\n").into_bytes();
        Self {
            status,
            kind: "text/plain; charset=utf-8",
            body,
        }
    }
}

/// Serves one client and returns the line for the log.
pub fn answer(mut stream: TcpStream) -> Result<String, Trouble> {
    let head = read_head(&mut stream)?;
    let (method, path) = match &head {
        Some(head) => first_line(head).unwrap_or(("-", "-")),
        None => ("-", "-"),
    };
    let answer = match (&head, method) {
        (None, _) => Answer::text("431 Request Header Fields Too Large"),
        (_, "-") => Answer::text("400 Bad Request"),
        (_, "GET" | "HEAD") => page(path),
        _ => Answer::text("405 Method Not Allowed"),
    };
    let line = format!(
        "{method} {path} {} {} bytes",
        &answer.status[..3],
        answer.body.len()
    );
    write(&mut stream, &answer, method == "HEAD")?;
    Ok(line)
}

fn page(path: &str) -> Answer {
    let path = path.split('?').next().unwrap_or(path);
    if path == "/health" {
        return Answer::text("200 OK");
    }
    match pages::find(path) {
        Some(file) => Answer {
            status: "200 OK",
            kind: file.kind,
            body: file.body,
        },
        None => Answer::text("404 Not Found"),
    }
}

/// The bytes up to the empty line; `None` when there are too many.
fn read_head(stream: &mut TcpStream) -> Result<Option<Vec<u8>>, Trouble> {
    let deadline = Instant::now() + PATIENCE;
    let mut head = Vec::new();
    let mut chunk = [0; 2048];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD {
            return Ok(None);
        }
        stream.set_read_timeout(Some(remaining(deadline)?))?;
        match stream.read(&mut chunk) {
            Ok(0) => return Err(Trouble::Left),
            Ok(count) => head.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Some(head))
}

fn first_line(head: &[u8]) -> Option<(&str, &str)> {
    let end = head.iter().position(|byte| *byte == b'\r')?;
    let line = std::str::from_utf8(&head[..end]).ok()?;
    let mut words = line.split(' ');
    let (method, path) = (words.next()?, words.next()?);
    let sound = path.starts_with('/') && !line.contains(|c: char| c.is_control());
    (sound && words.next()?.starts_with("HTTP/1.")).then_some((method, path))
}

fn write(stream: &mut TcpStream, answer: &Answer, head_only: bool) -> Result<(), Trouble> {
    let Answer { status, kind, body } = answer;
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    if !head_only {
        bytes.extend_from_slice(body);
    }
    let deadline = Instant::now() + PATIENCE;
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        stream.set_write_timeout(Some(remaining(deadline)?))?;
        match stream.write(rest) {
            Ok(count) => rest = &rest[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    // A client that is gone by now had its answer.
    let _ = stream.shutdown(Shutdown::Write);
    Ok(())
}

/// Time left, never zero (which a socket would take for "no limit").
fn remaining(deadline: Instant) -> Result<Duration, Trouble> {
    match deadline.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(Trouble::Late),
        left => Ok(left),
    }
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn a_request_line_is_method_path_version() {
        assert_eq!(
            first_line(b"GET /a?b HTTP/1.1\r\n\r\n"),
            Some(("GET", "/a?b"))
        );
        for broken in [
            "\r\n\r\n",
            "GET\r\n",
            "GET / SPDY/9\r\n",
            "GET a HTTP/1.1\r\n",
        ] {
            assert_eq!(first_line(broken.as_bytes()), None, "{broken:?}");
        }
        assert_eq!(
            first_line(b"GET /\x1b[2J HTTP/1.1\r\n"),
            None,
            "no escapes into the log"
        );
        assert_eq!(first_line(b"GET /\xff HTTP/1.1\r\n"), None);
    }
}

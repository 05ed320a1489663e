//! HTTP by hand, for what no client library would send.

use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::net::UnixStream,
};

use serde_json::Value;

use crate::{Engine, PATIENCE, wait_for};

/// The head of an answer and the connection behind it.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub stream: BufReader<UnixStream>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Everything up to the end of the connection.
    pub fn rest(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).unwrap();
        rest
    }

    /// The body of an answer after which the connection closes.
    pub fn body(mut self) -> Vec<u8> {
        if self.header("transfer-encoding") != Some("chunked") {
            return self.rest();
        }
        let mut body = Vec::new();
        loop {
            let mut size = String::new();
            self.stream.read_line(&mut size).unwrap();
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            let mut chunk = vec![0; size + 2];
            self.stream.read_exact(&mut chunk).unwrap();
            if size == 0 {
                return body;
            }
            body.extend_from_slice(&chunk[..size]);
        }
    }

    /// The same as JSON.
    pub fn json(self) -> Value {
        serde_json::from_slice(&self.body()).unwrap()
    }
}

/// Asks for a path.
pub fn get(engine: &Engine, path: &str) -> Answer {
    send(
        engine,
        &format!("GET {path} HTTP/1.1\nConnection: close"),
        b"",
    )
}

/// Sends JSON to a path.
pub fn post(engine: &Engine, path: &str, body: &Value) -> Answer {
    let head = format!("POST {path} HTTP/1.1\nContent-Type: application/json\nConnection: close");
    send(engine, &head, body.to_string().as_bytes())
}

/// Sends JSON below `/gantry/v1` and returns the answer, which must be a success.
#[track_caller]
pub fn v1(engine: &Engine, path: &str, body: &Value) -> Value {
    let answer = post(engine, &format!("/gantry/v1/{path}"), body);
    let (status, told) = (answer.status, answer.json());
    assert_eq!(status, 200, "{told}");
    told
}

/// Has a task started by sending JSON below `/gantry/v1`, waits for its end and returns it.
pub fn task(engine: &Engine, path: &str, body: &Value) -> Value {
    let started = post(engine, &format!("/gantry/v1/{path}"), body).json();
    let id = started["task"].as_str().unwrap().to_owned();
    wait_for("the task to end", || {
        let task = get(engine, &format!("/gantry/v1/tasks/{id}")).json();
        (task["state"] != "running").then_some(task)
    })
}

/// Sends a request line, header lines and a body.
pub fn send(engine: &Engine, head: &str, body: &[u8]) -> Answer {
    exchange(
        engine,
        &format!("{head}\nContent-Length: {}", body.len()),
        body,
    )
}

/// Sends a request without a body, and in the same packet what is meant for the stream after it.
pub fn send_early(engine: &Engine, head: &str, early: &[u8]) -> Answer {
    exchange(engine, head, early)
}

/// Sends a request with the first bytes of its body; the rest and the answer are the caller's.
pub fn start(engine: &Engine, head: &str, body: &[u8]) -> UnixStream {
    let mut stream = UnixStream::connect(engine.socket()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = head.replace('\n', "\r\n");
    let bytes = [head.as_bytes(), b"\r\nHost: gantry\r\n\r\n", body].concat();
    stream.write_all(&bytes).unwrap();
    stream
}

fn exchange(engine: &Engine, head: &str, rest: &[u8]) -> Answer {
    let mut stream = BufReader::new(start(engine, head, rest));
    let mut line = || {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let status = line()
        .split(' ')
        .nth(1)
        .expect("a status line")
        .parse()
        .unwrap();
    let mut headers = Vec::new();
    while let Some((key, value)) = line().split_once(": ") {
        headers.push((key.to_lowercase(), value.to_owned()));
    }
    Answer {
        status,
        headers,
        stream,
    }
}

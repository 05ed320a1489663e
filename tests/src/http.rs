//! HTTP by hand, for what no client library would send.

use std::{
    io::{BufRead, BufReader, Read, Write},
    os::unix::net::UnixStream,
};

use serde_json::Value;

use crate::{Engine, PATIENCE};

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

    /// The body as JSON; the connection must have been told to close.
    pub fn json(self) -> Value {
        let length = self
            .header("content-length")
            .map(|length| length.parse::<usize>().unwrap());
        let chunked = self.header("transfer-encoding") == Some("chunked");
        let body = self.rest();
        assert!(
            !chunked,
            "a chunked answer: {}",
            String::from_utf8_lossy(&body)
        );
        serde_json::from_slice(&body[..length.unwrap_or(body.len())]).unwrap()
    }
}

/// Sends a request as it is written; the header lines end where the first empty line would be.
pub fn send(engine: &Engine, head: &str, body: &[u8]) -> Answer {
    let mut stream = UnixStream::connect(engine.socket()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = head.replace('\n', "\r\n");
    write!(
        stream,
        "{head}\r\nHost: gantry\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    stream.write_all(body).unwrap();

    let mut stream = BufReader::new(stream);
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
    loop {
        match line().split_once(": ") {
            Some((key, value)) => headers.push((key.to_lowercase(), value.to_owned())),
            None => break,
        }
    }
    Answer {
        status,
        headers,
        stream,
    }
}

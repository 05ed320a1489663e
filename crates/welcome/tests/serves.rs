//! The program as its container runs it.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Stdio},
};

struct Server {
    child: Child,
    log: BufReader<ChildStdout>,
    port: u16,
}

impl Server {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gantry-welcome"))
            .envs([("PORT", "0"), ("HEARTBEAT", "0")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        log.read_line(&mut line).unwrap();
        let port = line.trim().rsplit(' ').next().unwrap().parse().unwrap();
        Self { child, log, port }
    }

    fn ask(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(request).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn log_line(&mut self) -> String {
        let mut line = String::new();
        self.log.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_page_in_two_languages_and_a_line_in_the_log() {
    let mut server = Server::start();
    let answer = server.ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.contains("It runs.") && answer.contains("컨테이너"),
        "{answer}"
    );
    assert!(server.log_line().starts_with("127.0.0.1 GET / 200 "));
}

#[test]
fn other_paths_and_methods_are_refused() {
    let server = Server::start();
    for (request, status) in [
        (&b"GET /../etc/passwd HTTP/1.1\r\n\r\n"[..], "404"),
        (b"DELETE / HTTP/1.1\r\n\r\n", "405"),
        (b"what is this\r\n\r\n", "400"),
    ] {
        assert!(
            server
                .ask(request)
                .starts_with(&format!("HTTP/1.1 {status} "))
        );
    }
}

#[test]
fn silent_clients_do_not_keep_others_waiting() {
    let server = Server::start();
    let silent: Vec<_> = (0..8)
        .map(|_| TcpStream::connect(("127.0.0.1", server.port)).unwrap())
        .collect();
    let answer = server.ask(b"HEAD /health HTTP/1.1\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    drop(silent);
}

#[test]
fn sigterm_ends_it_with_zero() {
    let mut server = Server::start();
    let pid = server.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert_eq!(server.log_line(), "welcome: stopping");
}

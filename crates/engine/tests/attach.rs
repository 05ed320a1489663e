//! Clients attached to a container's streams.
#![allow(
    clippy::unwrap_used,
    reason = "the lints know test functions, not their helpers"
)]

mod common;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use common::with_engine;
use gantry_engine::{AttachOptions, ClientSocket};

fn options() -> AttachOptions {
    AttachOptions {
        stream: true,
        stdin: true,
        stdout: true,
        stderr: true,
        ..Default::default()
    }
}

/// Standard output and error, out of Docker's frames.
fn unframed(mut bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    while let Some((head, rest)) = bytes.split_first_chunk::<8>() {
        let length = u32::from_be_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let (piece, rest) = rest.split_at(length);
        if head[0] == 1 { &mut out } else { &mut err }.extend(piece);
        bytes = rest;
    }
    assert!(bytes.is_empty(), "a torn frame");
    (out, err)
}

#[test]
fn a_client_attached_before_the_start_sees_everything() {
    with_engine(async |rig| {
        let id = rig
            .create_with("cat", "cat; echo end >&2", |body| {
                body.config.open_stdin = true;
                body.config.stdin_once = true;
            })
            .await;
        let (mut client, theirs) = UnixStream::pair().unwrap();
        theirs.set_nonblocking(true).unwrap();
        let attachment = rig.engine.attach(&id, options()).await.unwrap();
        assert!(!attachment.tty);
        // Two bytes were read along with the request's head.
        let socket = ClientSocket {
            fd: theirs.into(),
            leftover: b"he".to_vec(),
        };
        attachment.connect(socket).await.unwrap();
        rig.engine.start(&id).await.unwrap();
        client.write_all(b"llo\n").unwrap();
        client.shutdown(std::net::Shutdown::Write).unwrap();
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            client.read_to_end(&mut bytes).unwrap();
            bytes
        });
        let bytes = read.await.unwrap();
        assert_eq!(unframed(&bytes), (b"hello\n".to_vec(), b"end\n".to_vec()));
        assert_eq!(rig.wait(&id).await, 0);
        rig.clean().await;
    });
}

#[test]
fn a_failed_start_closes_the_connections_that_wait() {
    with_engine(async |rig| {
        let id = rig
            .create_with("bad", "", |body| body.config.cmd = vec!["nosuch".into()])
            .await;
        let (mut client, theirs) = UnixStream::pair().unwrap();
        let attachment = rig.engine.attach(&id, options()).await.unwrap();
        let socket = ClientSocket {
            fd: theirs.into(),
            leftover: Vec::new(),
        };
        attachment.connect(socket).await.unwrap();
        rig.engine.start(&id).await.unwrap_err();
        let mut bytes = Vec::new();
        client.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, b"");
        rig.clean().await;
    });
}

/// Attaches a client and returns its end.
async fn attach(rig: &common::Rig, id: &str, options: AttachOptions) -> UnixStream {
    let (client, theirs) = UnixStream::pair().unwrap();
    theirs.set_nonblocking(true).unwrap();
    let attachment = rig.engine.attach(id, options).await.unwrap();
    let socket = ClientSocket {
        fd: theirs.into(),
        leftover: Vec::new(),
    };
    tokio::spawn(async move { attachment.connect(socket).await.unwrap() });
    client
}

async fn read_to_end(mut client: UnixStream) -> Vec<u8> {
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        client.read_to_end(&mut bytes).unwrap();
        bytes
    });
    read.await.unwrap()
}

fn with_logs(stream: bool) -> AttachOptions {
    AttachOptions {
        logs: true,
        stream,
        ..options()
    }
}

#[test]
fn the_log_comes_first_and_the_stream_goes_on_behind_it_without_a_gap() {
    with_engine(async |rig| {
        // Faster than anybody reads, and with the beginning of a line at any moment.
        // It stays a while, for whoever comes to one that has ended waits for its next start.
        let script =
            "i=0; while [ $i -lt 6000 ]; do echo -n \"$i \"; echo end; i=$((i+1)); done; sleep 3";
        let id = rig.run("counter", script).await;
        rig.wrote(&id, "10 end").await;
        let mut clients = Vec::new();
        for _ in 0..5 {
            let client = attach(&rig, &id, with_logs(true)).await;
            // All at once: one that does not read makes the container wait.
            clients.push(tokio::spawn(read_to_end(client)));
        }
        let expected: Vec<_> = (0..6000).map(|i| format!("{i} end\n")).collect();
        let expected = expected.concat();
        for client in clients {
            let (out, err) = unframed(&client.await.unwrap());
            assert!(
                String::from_utf8(out).unwrap() == expected,
                "a gap or an overlap"
            );
            assert_eq!(err, b"");
        }
        assert_eq!(rig.wait(&id).await, 0);
        rig.clean().await;
    });
}

#[test]
fn the_log_alone_is_sent_and_the_connection_closed() {
    with_engine(async |rig| {
        let id = rig
            .run("waits", "echo one; echo -n three; echo two >&2; sleep 60")
            .await;
        rig.wrote(&id, "two").await;
        let client = attach(&rig, &id, with_logs(false)).await;
        let (out, err) = unframed(&read_to_end(client).await);
        assert_eq!((&out[..], &err[..]), (&b"one\n"[..], &b"two\n"[..]));
        rig.stop(&id, 0).await;
        // Ended: the line without an end too.
        let client = attach(&rig, &id, with_logs(false)).await;
        let (out, err) = unframed(&read_to_end(client).await);
        assert_eq!((&out[..], &err[..]), (&b"one\nthree"[..], &b"two\n"[..]));
        rig.clean().await;
    });
}

#[test]
fn a_client_of_a_stopped_container_reads_the_old_log_and_then_the_next_run() {
    with_engine(async |rig| {
        let id = rig.run("twice", "echo run; echo again").await;
        rig.wait(&id).await;
        let client = attach(&rig, &id, with_logs(true)).await;
        rig.engine.start(&id).await.unwrap();
        let (out, _) = unframed(&read_to_end(client).await);
        assert_eq!(out, b"run\nagain\nrun\nagain\n");
        rig.clean().await;
    });
}

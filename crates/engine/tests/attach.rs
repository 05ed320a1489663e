//! Clients attached to a container's streams.

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

//! A container's streams on their way to ours and from there.

use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::thread;

use bytes::Bytes;
use gantry_client::{LogChunk, Output};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::pipe::{SpliceFlags, fcntl_setpipe_size, splice};
use tokio::sync::{mpsc, oneshot};

/// The most that is read of our stdin at once; a pipe is asked to hold as much.
const PIECE: usize = 256 * 1024;
/// Pieces of our stdin that may wait to be sent.
const AHEAD: usize = 2;

/// Writes a piece where it belongs, at once and unchanged: there are no lines to wait for.
pub(crate) fn write(chunk: &LogChunk) -> io::Result<()> {
    match chunk.output {
        Output::Stdout => write_all(io::stdout().as_fd(), &chunk.bytes),
        Output::Stderr => write_all(io::stderr().as_fd(), &chunk.bytes),
    }
}

fn write_all(target: impl AsFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(&target, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            // Nobody gave us this stream (`>&-`).
            Err(Errno::BADF) => return Ok(()),
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// Moves our stdin to a socket until one of them ends, without copying it. Answers false, and has
/// moved nothing, where that cannot be done: a terminal, say.
pub(crate) fn pass_stdin(socket: OwnedFd) -> oneshot::Receiver<bool> {
    let (passed, whether) = oneshot::channel();
    // Of its own: a read of our stdin cannot be taken back.
    thread::spawn(move || {
        let stdin = io::stdin();
        let _ = fcntl_setpipe_size(&stdin, PIECE);
        let _ = passed.send(pass(stdin.as_fd(), socket.as_fd()));
    });
    whether
}

fn pass(from: BorrowedFd<'_>, to: BorrowedFd<'_>) -> bool {
    let mut moved = 0;
    loop {
        match splice(from, None, to, None, PIECE, SpliceFlags::empty()) {
            Ok(0) => return true,
            Ok(count) => moved += count,
            Err(Errno::INTR) => {}
            // The socket is full; or our stdin is one that somebody made non-blocking.
            Err(Errno::AGAIN) => {
                wait_for(from, PollFlags::IN);
                wait_for(to, PollFlags::OUT);
            }
            // Later errors are of those who read or write there: they end it as a pipe's end does.
            Err(_) => return moved > 0,
        }
    }
}

fn wait_for(descriptor: BorrowedFd<'_>, event: PollFlags) {
    // What fails here fails in the next move, too.
    let _ = poll(&mut [PollFd::new(&descriptor, event)], None);
}

/// What comes on our stdin, in pieces, until its end. A thread of its own reads it: reads of a terminal
/// cannot be taken back.
pub(crate) fn stdin() -> mpsc::Receiver<Bytes> {
    let (pieces, receiver) = mpsc::channel(AHEAD);
    thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        // What is no pipe is read as it is.
        let _ = fcntl_setpipe_size(&stdin, PIECE);
        let mut buffer = vec![0; PIECE];
        loop {
            let piece = match stdin.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => Bytes::copy_from_slice(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return,
            };
            if pieces.blocking_send(piece).is_err() {
                return;
            }
        }
    });
    receiver
}

//! One direction of a connection: bytes from one socket to the other.

use std::io::{self, PipeReader, PipeWriter};

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, Shutdown, recv, send, shutdown};

use super::end::End;
use crate::sys;

/// Bytes after which copying gives way to splicing, which needs a pipe but no copies.
const COPIED: u64 = 256 * 1024;
/// What a pipe is asked to hold, and so the most that is moved at once.
const PIPE: usize = 512 * 1024;
/// Turns before another connection has its own.
const TURNS: usize = 32;

/// Why a pump stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// One of the sockets is not ready: an event will tell.
    Waiting,
    /// There is more to do, but others wait.
    Yielded,
    /// Everything was moved.
    Ended,
}

/// The state of one direction.
#[derive(Debug, Default)]
pub struct Pump {
    moved: u64,
    /// Bytes that were read and not yet written.
    rest: Vec<u8>,
    pipe: Option<(PipeReader, PipeWriter)>,
    /// Bytes that are in the pipe.
    piped: usize,
    ended: bool,
    passed: bool,
}

impl Pump {
    /// Whether everything up to the end was moved.
    pub fn has_ended(&self) -> bool {
        self.ended && self.rest.is_empty() && self.piped == 0
    }

    /// Tells the end, once.
    pub fn pass_end(&mut self, to: &End) {
        if self.has_ended() && !self.passed {
            // The other side may have closed it already.
            let _ = shutdown(to, Shutdown::Write);
            self.passed = true;
        }
    }

    /// Moves what can be moved now. `scratch` is room for a copy.
    pub fn run(&mut self, from: &mut End, to: &mut End, scratch: &mut [u8]) -> io::Result<Stop> {
        for _ in 0..TURNS {
            if !self.write(to)? {
                return Ok(Stop::Waiting);
            }
            if self.ended {
                return Ok(Stop::Ended);
            }
            if !self.read(from, to, scratch)? {
                return Ok(Stop::Waiting);
            }
        }
        Ok(Stop::Yielded)
    }

    /// Writes what was read. False when the socket takes no more.
    fn write(&mut self, to: &mut End) -> io::Result<bool> {
        if !to.writable && (!self.rest.is_empty() || self.piped > 0) {
            return Ok(false);
        }
        while !self.rest.is_empty() {
            match send(&*to, &self.rest, SendFlags::NOSIGNAL) {
                Ok(sent) => drop(self.rest.drain(..sent)),
                Err(Errno::AGAIN) => {
                    to.writable = false;
                    return Ok(false);
                }
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        while self.piped > 0 {
            let Some((out, _)) = &self.pipe else { break };
            match sys::splice(out, &*to, self.piped) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(sent) => {
                    self.piped -= sent;
                    self.moved += sent as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    to.writable = false;
                    return Ok(false);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Reads once. False when there is nothing to read now.
    fn read(&mut self, from: &mut End, to: &mut End, scratch: &mut [u8]) -> io::Result<bool> {
        if !from.readable {
            return Ok(false);
        }
        if self.moved >= COPIED && self.pipe.is_none() {
            let pipe = io::pipe()?;
            sys::widen(&pipe.1, PIPE as i32);
            self.pipe = Some(pipe);
        }
        if let Some((_, into)) = &self.pipe {
            return match sys::splice(&*from, into, PIPE) {
                Ok(0) => {
                    self.ended = true;
                    Ok(true)
                }
                Ok(read) => {
                    self.piped = read;
                    Ok(true)
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    from.readable = false;
                    Ok(false)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(true),
                Err(error) => Err(error),
            };
        }
        let read = match recv(&*from, &mut *scratch, RecvFlags::empty()) {
            Ok((0, _)) => {
                self.ended = true;
                return Ok(true);
            }
            Ok((read, _)) => read,
            Err(Errno::AGAIN) => {
                from.readable = false;
                return Ok(false);
            }
            Err(Errno::INTR) => return Ok(true),
            Err(errno) => return Err(errno.into()),
        };
        if read < scratch.len() {
            from.is_drained();
        }
        self.moved += read as u64;
        let sent = match send(&*to, &scratch[..read], SendFlags::NOSIGNAL) {
            Ok(sent) => sent,
            Err(Errno::AGAIN | Errno::INTR) => 0,
            Err(errno) => return Err(errno.into()),
        };
        self.rest.extend_from_slice(&scratch[sent..read]);
        Ok(true)
    }
}

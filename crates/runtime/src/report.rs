//! What the container's first process tells the shim before it becomes the command: packets on a
//! socket pair that closes on exec.

use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType, recvmsg, sendmsg, socketpair,
};
use serde::{Deserialize, Serialize};

use crate::failure::StartFailure;

/// The largest report.
const MAX_REPORT: usize = 16 * 1024;

#[derive(Debug, Serialize, Deserialize)]
pub enum Report {
    /// The terminal's master comes with this one.
    Terminal,
    /// Next come the last privileges and exec: if no failure follows, they succeeded.
    Executing,
    /// The same, in a process that goes on in this one's place; its pidfd comes with this report.
    Replaced {
        pid: i32,
    },
    Failed(StartFailure),
}

/// The shim's end and the first process's.
pub fn channel() -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )
}

pub fn send(
    channel: BorrowedFd<'_>,
    report: &Report,
    descriptor: Option<BorrowedFd<'_>>,
) -> rustix::io::Result<()> {
    let packet = serde_json::to_vec(report).map_err(|_| Errno::INVAL)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let descriptors: Vec<_> = descriptor.into_iter().collect();
    if !descriptors.is_empty() {
        ancillary.push(SendAncillaryMessage::ScmRights(&descriptors));
    }
    sendmsg(
        channel,
        &[IoSlice::new(&packet)],
        &mut ancillary,
        SendFlags::NOSIGNAL,
    )?;
    Ok(())
}

/// Takes the next report; `None` once the other side has closed its end, and `EAGAIN` where there is
/// none yet.
pub fn receive(channel: BorrowedFd<'_>) -> rustix::io::Result<Option<(Report, Option<OwnedFd>)>> {
    let mut packet = [0; MAX_REPORT];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let length = loop {
        let buffers = &mut [IoSliceMut::new(&mut packet)];
        match recvmsg(
            channel,
            buffers,
            &mut ancillary,
            RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT,
        ) {
            Ok(received) => break received.bytes,
            Err(Errno::INTR) => {}
            Err(Errno::CONNRESET) => return Ok(None),
            Err(errno) => return Err(errno),
        }
    };
    let mut descriptor = None;
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(mut rights) = message {
            descriptor = rights.next();
        }
    }
    if length == 0 {
        return Ok(None);
    }
    let report = serde_json::from_slice(&packet[..length]).map_err(|_| Errno::BADMSG)?;
    Ok(Some((report, descriptor)))
}

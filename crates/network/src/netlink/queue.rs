//! Packets whose fate a program decides (nfnetlink_queue). They wait in the kernel meanwhile.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use gantry_packet::complain;
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

use super::Socket;
use super::message::{Message, attributes, big, messages};

/// NFNL_SUBSYS_QUEUE, in the upper byte of each kind.
const QUEUE: u16 = 3 << 8;
const PACKET: u16 = QUEUE;
const VERDICT: u16 = QUEUE | 1;
const CONFIG: u16 = QUEUE | 2;

const NFQA_CFG_CMD: u16 = 1;
const NFQA_CFG_PARAMS: u16 = 2;
const NFQA_CFG_QUEUE_MAXLEN: u16 = 3;
const NFQA_CFG_MASK: u16 = 4;
const NFQA_CFG_FLAGS: u16 = 5;
const CMD_BIND: u8 = 1;
const COPY_PACKET: u8 = 2;
/// Packets go their usual way when the queue is full.
const FAIL_OPEN: u32 = 1;

const NFQA_PACKET_HDR: u16 = 1;
const NFQA_VERDICT_HDR: u16 = 2;
const NFQA_MARK: u16 = 3;
const NFQA_PAYLOAD: u16 = 10;
const NF_DROP: u32 = 0;
const NF_ACCEPT: u32 = 1;

/// Packets that wait at most.
const LONGEST: u32 = 4096;
/// As much of each packet as is shown: the headers.
const SHOWN: u32 = 128;

/// The queue with the number 0 of a network namespace.
#[derive(Debug)]
pub struct Queue {
    socket: Socket,
    buffer: Vec<u8>,
}

/// A packet that waits.
#[derive(Debug)]
pub struct Packet {
    pub number: u32,
    /// From the header of the internet protocol on.
    pub bytes: Vec<u8>,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Drop,
    /// It goes on, with a mark if that is not zero.
    Accept(u32),
}

impl Queue {
    /// Takes the queue of the namespace of this thread.
    pub fn open() -> io::Result<Self> {
        let mut socket = Socket::netfilter()?;
        let config = || Message::new(CONFIG, 0, &[0; 4]);
        socket.change(config().bytes(NFQA_CFG_CMD, &[CMD_BIND, 0, 0, 0]))?;
        let [a, b, c, d] = SHOWN.to_be_bytes();
        socket.change(config().bytes(NFQA_CFG_PARAMS, &[a, b, c, d, COPY_PACKET]))?;
        socket.change(
            config()
                .big(NFQA_CFG_QUEUE_MAXLEN, LONGEST)
                .big(NFQA_CFG_MASK, FAIL_OPEN)
                .big(NFQA_CFG_FLAGS, FAIL_OPEN),
        )?;
        rustix::io::ioctl_fionbio(&socket, true)?;
        Ok(Self {
            socket,
            buffer: vec![0; 16 * 1024],
        })
    }

    /// The packets that came since, as many as one answer holds; none if there are none.
    pub fn next(&mut self) -> io::Result<Vec<Packet>> {
        loop {
            match recv(&self.socket, &mut *self.buffer, RecvFlags::empty()) {
                Ok((length, _)) => {
                    let length = length.min(self.buffer.len());
                    return Ok(messages(&self.buffer[..length])
                        .filter_map(packet)
                        .collect());
                }
                Err(Errno::AGAIN) => return Ok(Vec::new()),
                // Some were lost, and will be sent again.
                Err(Errno::INTR | Errno::NOBUFS) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
    }

    /// Decides. A packet that waits no more is none to decide about.
    pub fn decide(&mut self, number: u32, verdict: Verdict) {
        let (code, mark) = match verdict {
            Verdict::Drop => (NF_DROP, 0),
            Verdict::Accept(mark) => (NF_ACCEPT, mark),
        };
        let mut header = code.to_be_bytes().to_vec();
        header.extend(number.to_be_bytes());
        let mut message = Message::new(VERDICT, 0, &[0; 4]).bytes(NFQA_VERDICT_HDR, &header);
        if mark != 0 {
            message = message.big(NFQA_MARK, mark);
        }
        if let Err(error) = self.socket.send(message) {
            complain("a packet waits in vain", error);
        }
    }
}

impl AsFd for Queue {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn packet(message: super::message::Received<'_>) -> Option<Packet> {
    if message.kind != PACKET {
        return None;
    }
    let find = |wanted| {
        let mut all = attributes(message.body.get(4..)?);
        all.find(|(kind, _)| *kind == wanted)
    };
    let (_, header) = find(NFQA_PACKET_HDR)?;
    let bytes = find(NFQA_PAYLOAD).map_or(&[][..], |(_, payload)| payload);
    Some(Packet {
        number: big(header, 0)?,
        bytes: bytes.to_vec(),
    })
}

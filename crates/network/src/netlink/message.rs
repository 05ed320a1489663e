//! Requests and answers as the kernel lays them out (netlink(7)): a header, a fixed part that
//! belongs to the kind of message, then attributes.

use std::net::IpAddr;

/// Length of `struct nlmsghdr`.
pub const HEADER: usize = 16;
/// Length of `struct nlattr`.
const ATTRIBUTE: usize = 4;

pub const NLM_F_REQUEST: u16 = 0x1;
pub const NLM_F_ACK: u16 = 0x4;
pub const NLM_F_EXCL: u16 = 0x200;
pub const NLM_F_REPLACE: u16 = 0x100;
pub const NLM_F_CREATE: u16 = 0x400;
/// For nf_tables: behind what is there.
pub const NLM_F_APPEND: u16 = 0x800;
/// NLM_F_ROOT and NLM_F_MATCH: everything.
pub const NLM_F_DUMP: u16 = 0x300;
/// The attribute holds attributes.
const NLA_F_NESTED: u16 = 0x8000;
const NLA_TYPE_MASK: u16 = 0x3fff;

/// One request.
#[derive(Debug, Clone)]
pub struct Message {
    bytes: Vec<u8>,
}

impl Message {
    /// A request of a kind, with its fixed part.
    pub fn new(kind: u16, flags: u16, fixed: &[u8]) -> Self {
        let mut bytes = vec![0; HEADER];
        bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
        bytes[6..8].copy_from_slice(&(NLM_F_REQUEST | flags).to_ne_bytes());
        bytes.extend_from_slice(fixed);
        Self { bytes }
    }

    pub fn bytes(mut self, kind: u16, value: &[u8]) -> Self {
        put(&mut self.bytes, kind, value);
        self
    }

    pub fn number(self, kind: u16, value: u32) -> Self {
        self.bytes(kind, &value.to_ne_bytes())
    }

    /// A number in network order, as nf_tables wants them.
    pub fn big(self, kind: u16, value: u32) -> Self {
        self.bytes(kind, &value.to_be_bytes())
    }

    /// A text with the zero byte that ends it.
    pub fn text(self, kind: u16, value: &str) -> Self {
        let mut text = value.as_bytes().to_vec();
        text.push(0);
        self.bytes(kind, &text)
    }

    pub fn address(self, kind: u16, address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => self.bytes(kind, &address.octets()),
            IpAddr::V6(address) => self.bytes(kind, &address.octets()),
        }
    }

    /// An attribute that begins with a structure, if any, and holds what `fill` adds.
    pub fn nest_behind(mut self, kind: u16, fixed: &[u8], fill: impl FnOnce(Self) -> Self) -> Self {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0; ATTRIBUTE]);
        self.bytes.extend_from_slice(fixed);
        let mut filled = fill(self);
        let length = (filled.bytes.len() - start) as u16;
        filled.bytes[start..start + 2].copy_from_slice(&length.to_ne_bytes());
        let kind = kind | NLA_F_NESTED;
        filled.bytes[start + 2..start + 4].copy_from_slice(&kind.to_ne_bytes());
        filled
    }

    pub fn nest(self, kind: u16, fill: impl FnOnce(Self) -> Self) -> Self {
        self.nest_behind(kind, &[], fill)
    }

    /// The bytes to send, with length and number in the header.
    pub fn finish(mut self, number: u32) -> Vec<u8> {
        let length = self.bytes.len() as u32;
        self.bytes[0..4].copy_from_slice(&length.to_ne_bytes());
        self.bytes[8..12].copy_from_slice(&number.to_ne_bytes());
        self.bytes
    }

    /// Asks for an answer that says whether it was done.
    pub fn acknowledged(mut self) -> Self {
        self.bytes[6] |= NLM_F_ACK as u8;
        self
    }
}

fn put(bytes: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = (ATTRIBUTE + value.len()) as u16;
    bytes.extend_from_slice(&length.to_ne_bytes());
    bytes.extend_from_slice(&kind.to_ne_bytes());
    bytes.extend_from_slice(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

/// What the list belongs to was changed while the kernel told it.
pub const NLM_F_DUMP_INTR: u16 = 0x10;

/// A message that the kernel sent: kind, flags, number, and what follows the header.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    pub kind: u16,
    pub flags: u16,
    pub number: u32,
    pub body: &'a [u8],
}

/// The messages of one datagram. What is cut off is left out.
pub fn messages(mut datagram: &[u8]) -> impl Iterator<Item = Received<'_>> {
    std::iter::from_fn(move || {
        let length = number(datagram, 0)? as usize;
        let body = datagram.get(HEADER..length)?;
        let (kind, flags) = (short(datagram, 4)?, short(datagram, 6)?);
        let number = number(datagram, 8)?;
        let next = length.next_multiple_of(4).min(datagram.len());
        datagram = &datagram[next..];
        Some(Received {
            kind,
            flags,
            number,
            body,
        })
    })
}

/// The attributes of a message or of an attribute: kind and value.
pub fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let length = usize::from(short(bytes, 0)?);
        let value = bytes.get(ATTRIBUTE..length)?;
        let kind = short(bytes, 2)? & NLA_TYPE_MASK;
        let next = length.next_multiple_of(4).min(bytes.len());
        bytes = &bytes[next..];
        Some((kind, value))
    })
}

/// A text attribute's value without the zero byte that ends it.
pub fn text(value: &[u8]) -> String {
    let end = value.iter().position(|byte| *byte == 0);
    String::from_utf8_lossy(&value[..end.unwrap_or(value.len())]).into_owned()
}

pub fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}

/// A number in network order.
pub fn big(bytes: &[u8], at: usize) -> Option<u32> {
    number(bytes, at).map(u32::from_be)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at + 2)?;
    Some(u16::from_ne_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_found_again() {
        let message = Message::new(16, NLM_F_CREATE, &[7; 16])
            .text(3, "br0")
            .nest(18, |inner| inner.text(1, "bridge").number(2, 9))
            .number(4, 1500);
        let bytes = message.finish(5);
        let found: Vec<_> = messages(&bytes).collect();
        assert_eq!((found.len(), found[0].kind, found[0].number), (1, 16, 5));
        let outer: Vec<_> = attributes(&found[0].body[16..]).collect();
        assert_eq!(text(outer[0].1), "br0");
        let inner: Vec<_> = attributes(outer[1].1).collect();
        assert_eq!((outer[1].0, inner.len()), (18, 2));
        assert_eq!(number(inner[1].1, 0), Some(9));
        assert_eq!(number(outer[2].1, 0), Some(1500));
    }

    #[test]
    fn what_is_cut_off_ends_the_list_without_a_panic() {
        let bytes = Message::new(1, 0, &[]).text(3, "name").finish(1);
        for length in 0..bytes.len() {
            for message in messages(&bytes[..length]) {
                attributes(message.body).for_each(drop);
            }
            attributes(&bytes[..length]).for_each(drop);
        }
    }
}

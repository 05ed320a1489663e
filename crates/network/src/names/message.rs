//! DNS messages (RFC 1035), as far as a resolver of few names reads and writes them. What it does
//! not answer itself it passes on as it came.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const HEADER: usize = 12;
/// Seconds for which an answer may be kept: containers come and go.
const KEPT: u32 = 5;

pub const A: u16 = 1;
pub const PTR: u16 = 12;
pub const AAAA: u16 = 28;
const INTERNET: u16 = 1;

/// What a message asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// In lower case, without the dot at the end.
    pub name: String,
    pub kind: u16,
    /// Where the question ends in the message.
    end: usize,
}

/// How an answer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Found,
    /// The server could not find out.
    Failed,
}

/// Reads the single question of a query; `None` where there is none that we could answer.
pub fn question(message: &[u8]) -> Option<Question> {
    let header = message.get(..HEADER)?;
    let is_query = header[2] & 0xf8 == 0;
    let count = u16::from_be_bytes([header[4], header[5]]);
    if !is_query || count != 1 {
        return None;
    }
    let mut at = HEADER;
    let mut labels: Vec<String> = Vec::new();
    let mut length = 0;
    loop {
        let size = usize::from(*message.get(at)?);
        at += 1;
        if size == 0 {
            break;
        }
        // A question has nothing before it that it could refer to.
        let label = (size < 64).then(|| message.get(at..at + size))??;
        length += size + 1;
        if length > 254 {
            return None;
        }
        labels.push(std::str::from_utf8(label).ok()?.to_ascii_lowercase());
        at += size;
    }
    let rest = message.get(at..at + 4)?;
    let class = u16::from_be_bytes([rest[2], rest[3]]);
    (class == INTERNET).then(|| Question {
        name: labels.join("."),
        kind: u16::from_be_bytes([rest[0], rest[1]]),
        end: at + 4,
    })
}

/// The address that a question about a name for an address is about.
pub fn reversed(name: &str) -> Option<IpAddr> {
    if let Some(parts) = name.strip_suffix(".in-addr.arpa") {
        let mut octets: Vec<u8> = parts
            .split('.')
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        octets.reverse();
        return Some(Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?).into());
    }
    let parts = name.strip_suffix(".ip6.arpa")?;
    let digits: Option<Vec<u8>> = parts
        .split('.')
        .map(|part| {
            u8::from_str_radix(part, 16)
                .ok()
                .filter(|digit| *digit < 16)
        })
        .collect();
    let digits = digits.filter(|digits| digits.len() == 32)?;
    let mut octets = [0; 16];
    for (index, digit) in digits.iter().rev().enumerate() {
        octets[index / 2] |= digit << if index % 2 == 0 { 4 } else { 0 };
    }
    Some(Ipv6Addr::from(octets).into())
}

/// An answer with addresses; without any it says that the name has none of this kind.
pub fn addresses(query: &[u8], question: &Question, found: &[IpAddr]) -> Vec<u8> {
    let wanted = found
        .iter()
        .filter_map(|address| match (address, question.kind) {
            (IpAddr::V4(address), A) => Some(address.octets().to_vec()),
            (IpAddr::V6(address), AAAA) => Some(address.octets().to_vec()),
            _ => None,
        });
    reply(query, question, Outcome::Found, wanted.collect())
}

/// An answer with the name of an address.
pub fn name(query: &[u8], question: &Question, found: &str) -> Vec<u8> {
    let mut encoded = Vec::new();
    for label in found.split('.').filter(|label| !label.is_empty()) {
        let label = &label.as_bytes()[..label.len().min(63)];
        encoded.push(label.len() as u8);
        encoded.extend_from_slice(label);
    }
    encoded.push(0);
    reply(query, question, Outcome::Found, vec![encoded])
}

/// An answer that says that nobody could be asked.
pub fn failure(query: &[u8], question: &Question) -> Vec<u8> {
    reply(query, question, Outcome::Failed, Vec::new())
}

fn reply(query: &[u8], question: &Question, outcome: Outcome, records: Vec<Vec<u8>>) -> Vec<u8> {
    let mut message = query[..question.end].to_vec();
    // An answer, recursion as it was wished and available.
    message[2] = 0x80 | (query[2] & 0x01);
    message[3] = 0x80 | if outcome == Outcome::Failed { 2 } else { 0 };
    message[6..8].copy_from_slice(&(records.len() as u16).to_be_bytes());
    message[8..12].fill(0);
    for record in records {
        // The name is the question's.
        message.extend_from_slice(&[0xc0, HEADER as u8]);
        message.extend_from_slice(&question.kind.to_be_bytes());
        message.extend_from_slice(&INTERNET.to_be_bytes());
        message.extend_from_slice(&KEPT.to_be_bytes());
        message.extend_from_slice(&(record.len() as u16).to_be_bytes());
        message.extend_from_slice(&record);
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A query as the C library sends it.
    fn query(name: &str, kind: u16) -> Vec<u8> {
        let mut message = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in name.split('.') {
            message.push(label.len() as u8);
            message.extend_from_slice(label.as_bytes());
        }
        message.push(0);
        message.extend_from_slice(&kind.to_be_bytes());
        message.extend_from_slice(&INTERNET.to_be_bytes());
        message
    }

    #[test]
    fn a_question_is_read_and_answered() {
        let query = query("Web.Test", A);
        let question = question(&query).unwrap();
        assert_eq!((question.name.as_str(), question.kind), ("web.test", A));
        let found = ["172.18.0.2".parse().unwrap(), "fd00::2".parse().unwrap()];
        let answer = addresses(&query, &question, &found);
        assert_eq!(answer[..4], [0x12, 0x34, 0x81, 0x80]);
        assert_eq!(answer[6..8], [0, 1]);
        assert_eq!(answer[answer.len() - 4..], [172, 18, 0, 2]);
        assert_eq!(failure(&query, &question)[3] & 0x0f, 2);
    }

    #[test]
    fn addresses_are_found_in_reversed_names() {
        let four = reversed("2.0.18.172.in-addr.arpa").unwrap();
        assert_eq!(four.to_string(), "172.18.0.2");
        let name = "2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa";
        assert_eq!(reversed(name).unwrap().to_string(), "fd00::2");
        for wrong in [
            "",
            "in-addr.arpa",
            "1.2.3.in-addr.arpa",
            "x.0.18.172.in-addr.arpa",
        ] {
            assert_eq!(reversed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_cut_off_or_wrong_is_no_question() {
        let whole = query("web", A);
        for length in 0..whole.len() {
            assert_eq!(question(&whole[..length]), None);
        }
        let mut answer = whole.clone();
        answer[2] |= 0x80;
        assert_eq!(question(&answer), None);
        let mut pointer = whole;
        pointer[HEADER] = 0xc0;
        assert_eq!(question(&pointer), None);
        assert_eq!(question(&query(&"a.".repeat(130), A)), None);
    }
}

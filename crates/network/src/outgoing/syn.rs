//! The packet that opens a connection.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Who wants to be connected with whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wish {
    pub from: SocketAddr,
    pub to: SocketAddr,
}

const TCP: u8 = 6;
const FIN_SYN_RST_ACK: u8 = 0x17;
const SYN: u8 = 0x02;

impl Wish {
    /// Reads the first packet of a TCP connection; `None` if it is another.
    pub fn read(packet: &[u8]) -> Option<Self> {
        let (from, to, segment) = match packet.first()? >> 4 {
            4 => {
                let length = usize::from(packet[0] & 0xf) * 4;
                let fragment = u16::from_be_bytes(packet.get(6..8)?.try_into().ok()?);
                if *packet.get(9)? != TCP || fragment & 0x3fff != 0 {
                    return None;
                }
                let address = |at: usize| {
                    let octets: [u8; 4] = packet.get(at..at + 4)?.try_into().ok()?;
                    Some(IpAddr::from(Ipv4Addr::from(octets)))
                };
                (address(12)?, address(16)?, packet.get(length..)?)
            }
            6 => {
                // One with further headers takes the other way out.
                if *packet.get(6)? != TCP {
                    return None;
                }
                let address = |at: usize| {
                    let octets: [u8; 16] = packet.get(at..at + 16)?.try_into().ok()?;
                    Some(IpAddr::from(Ipv6Addr::from(octets)))
                };
                (address(8)?, address(24)?, packet.get(40..)?)
            }
            _ => return None,
        };
        let port = |at: usize| {
            let octets: [u8; 2] = segment.get(at..at + 2)?.try_into().ok()?;
            Some(u16::from_be_bytes(octets))
        };
        (segment.get(13)? & FIN_SYN_RST_ACK == SYN).then_some(())?;
        Some(Self {
            from: SocketAddr::new(from, port(0)?),
            to: SocketAddr::new(to, port(2)?),
        })
    }

    /// Whether it may be connected from the host. What means the host's own loopback, or many
    /// hosts at once, or depends on an interface, never is: packets can be written by hand.
    pub fn is_for_the_world(&self) -> bool {
        match self.to.ip() {
            IpAddr::V4(to) => {
                to.octets()[0] != 0 && !to.is_loopback() && !to.is_multicast() && !to.is_broadcast()
            }
            IpAddr::V6(to) => {
                !to.is_loopback()
                    && !to.is_unspecified()
                    && !to.is_multicast()
                    && !to.is_unicast_link_local()
                    // These are IPv4 addresses in other words.
                    && to.to_ipv4().is_none()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(from: &str, to: &str, flags: u8) -> Vec<u8> {
        let (from, to): (SocketAddr, SocketAddr) = (from.parse().unwrap(), to.parse().unwrap());
        let mut bytes = match (from.ip(), to.ip()) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                let mut bytes = vec![0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, TCP, 0, 0];
                bytes.extend(from.octets());
                bytes.extend(to.octets());
                bytes
            }
            (IpAddr::V6(from), IpAddr::V6(to)) => {
                let mut bytes = vec![0x60, 0, 0, 0, 0, 20, TCP, 64];
                bytes.extend(from.octets());
                bytes.extend(to.octets());
                bytes
            }
            _ => unreachable!(),
        };
        bytes.extend(from.port().to_be_bytes());
        bytes.extend(to.port().to_be_bytes());
        bytes.extend([0; 9]);
        bytes.push(flags);
        bytes.extend([0; 6]);
        bytes
    }

    #[test]
    fn the_first_packet_says_who_and_where() {
        for (from, to) in [
            ("172.17.0.2:40000", "192.0.2.7:443"),
            ("[fd00::2]:40000", "[2001:db8::7]:443"),
        ] {
            let wish = Wish::read(&packet(from, to, SYN)).unwrap();
            assert_eq!(
                (wish.from, wish.to),
                (from.parse().unwrap(), to.parse().unwrap())
            );
            assert!(wish.is_for_the_world());
            assert_eq!(Wish::read(&packet(from, to, 0x12)), None);
        }
    }

    #[test]
    fn what_is_cut_off_or_written_by_hand_is_no_wish() {
        for (from, to) in [("1.2.3.4:5", "6.7.8.9:10"), ("[fd00::2]:3", "[fd00::3]:4")] {
            let whole = packet(from, to, SYN);
            for length in 0..whole.len() - 6 {
                assert_eq!(Wish::read(&whole[..length]), None);
            }
        }
        for to in [
            "127.0.0.1:80",
            "127.9.9.9:80",
            "0.0.0.0:80",
            "0.1.2.3:80",
            "224.0.0.1:80",
            "255.255.255.255:80",
        ] {
            let wish = Wish::read(&packet("1.2.3.4:5", to, SYN)).unwrap();
            assert!(!wish.is_for_the_world(), "{to}");
        }
        for to in [
            "[::1]:80",
            "[::]:80",
            "[::ffff:127.0.0.1]:80",
            "[::127.0.0.1]:80",
            "[fe80::1]:80",
            "[ff02::1]:80",
        ] {
            let wish = Wish::read(&packet("[fd00::1]:5", to, SYN)).unwrap();
            assert!(!wish.is_for_the_world(), "{to}");
        }
    }
}

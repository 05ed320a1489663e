//! Datagrams together with the address of ours that they were sent to, from which the answer must
//! come (`IP_PKTINFO`, `IPV6_PKTINFO`): a socket that is bound to every address does not tell.
#![allow(unsafe_code)]

use std::io;
use std::mem::{size_of, zeroed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsFd, AsRawFd};
use std::ptr;

/// Room for one control message of either kind.
#[repr(C, align(8))]
struct Control([u8; 64]);

/// What came with a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    pub length: usize,
    pub from: SocketAddr,
    /// The address of this host that was meant.
    pub to: IpAddr,
}

/// Has the kernel tell with each datagram where it was sent to.
pub fn ask_addresses(socket: impl AsFd, of: IpAddr) -> io::Result<()> {
    let (level, name) = match of {
        IpAddr::V4(_) => (libc::IPPROTO_IP, libc::IP_PKTINFO),
        IpAddr::V6(_) => (libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO),
    };
    let on: libc::c_int = 1;
    let (value, length) = (ptr::from_ref(&on).cast(), size_of::<libc::c_int>());
    // SAFETY: the descriptor is open for the call, and the value is a number of that length.
    let set = unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            name,
            value,
            length as libc::socklen_t,
        )
    };
    done(set as isize).map(drop)
}

/// Receives without waiting. A datagram that is longer than the buffer is cut.
pub fn receive(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<Arrival> {
    let mut control = Control([0; 64]);
    let mut parts = libc::iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    // SAFETY: both are plain structures, for which zero is a value. The header's pointers are to
    // locals that outlive the call, with their lengths; the kernel says how much it filled in, and
    // the CMSG macros stay within that.
    unsafe {
        let mut name: libc::sockaddr_storage = zeroed();
        let mut header: libc::msghdr = zeroed();
        header.msg_name = (&raw mut name).cast();
        header.msg_namelen = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        header.msg_iov = &raw mut parts;
        header.msg_iovlen = 1;
        header.msg_control = (&raw mut control).cast();
        header.msg_controllen = size_of::<Control>();
        let fd = socket.as_fd().as_raw_fd();
        let length = done(libc::recvmsg(fd, &raw mut header, libc::MSG_DONTWAIT))?;
        let from = read_name(&name).ok_or(io::ErrorKind::InvalidData)?;
        let mut message = libc::CMSG_FIRSTHDR(&raw const header);
        while !message.is_null() {
            let data = libc::CMSG_DATA(message);
            let to: Option<IpAddr> = match ((*message).cmsg_level, (*message).cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
                    let info: libc::in_pktinfo = ptr::read_unaligned(data.cast());
                    Some(Ipv4Addr::from(u32::from_be(info.ipi_spec_dst.s_addr)).into())
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
                    let info: libc::in6_pktinfo = ptr::read_unaligned(data.cast());
                    Some(Ipv6Addr::from(info.ipi6_addr.s6_addr).into())
                }
                _ => None,
            };
            if let Some(to) = to {
                return Ok(Arrival { length, from, to });
            }
            message = libc::CMSG_NXTHDR(&raw const header, message);
        }
    }
    Err(io::ErrorKind::InvalidData.into())
}

/// Sends without waiting, from an address of this host.
pub fn send(socket: impl AsFd, bytes: &[u8], from: IpAddr, to: SocketAddr) -> io::Result<()> {
    let mut control = Control([0; 64]);
    let mut parts = libc::iovec {
        iov_base: bytes.as_ptr().cast_mut().cast(),
        iov_len: bytes.len(),
    };
    // SAFETY: as in `receive`; the bytes are only read, and the control buffer holds the one message
    // whose header and data are written into it.
    unsafe {
        let mut name: libc::sockaddr_storage = zeroed();
        let mut header: libc::msghdr = zeroed();
        header.msg_namelen = write_name(&mut name, to);
        header.msg_name = (&raw mut name).cast();
        header.msg_iov = &raw mut parts;
        header.msg_iovlen = 1;
        header.msg_control = (&raw mut control).cast();
        header.msg_controllen = size_of::<Control>();
        let message = libc::CMSG_FIRSTHDR(&raw const header);
        let data = libc::CMSG_DATA(message);
        let length = match from {
            IpAddr::V4(from) => {
                let mut info: libc::in_pktinfo = zeroed();
                info.ipi_spec_dst.s_addr = u32::from(from).to_be();
                (*message).cmsg_level = libc::IPPROTO_IP;
                (*message).cmsg_type = libc::IP_PKTINFO;
                ptr::write_unaligned(data.cast(), info);
                size_of::<libc::in_pktinfo>()
            }
            IpAddr::V6(from) => {
                let mut info: libc::in6_pktinfo = zeroed();
                info.ipi6_addr.s6_addr = from.octets();
                (*message).cmsg_level = libc::IPPROTO_IPV6;
                (*message).cmsg_type = libc::IPV6_PKTINFO;
                ptr::write_unaligned(data.cast(), info);
                size_of::<libc::in6_pktinfo>()
            }
        };
        (*message).cmsg_len = libc::CMSG_LEN(length as u32) as usize;
        header.msg_controllen = libc::CMSG_SPACE(length as u32) as usize;
        let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
        let fd = socket.as_fd().as_raw_fd();
        done(libc::sendmsg(fd, &raw const header, flags)).map(drop)
    }
}

fn done(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

fn read_name(name: &libc::sockaddr_storage) -> Option<SocketAddr> {
    let pointer = ptr::from_ref(name);
    match i32::from(name.ss_family) {
        libc::AF_INET => {
            // SAFETY: the family says that it is one, and the storage is larger and aligned for it.
            let name: libc::sockaddr_in = unsafe { ptr::read(pointer.cast()) };
            let address = Ipv4Addr::from(u32::from_be(name.sin_addr.s_addr));
            Some(SocketAddrV4::new(address, u16::from_be(name.sin_port)).into())
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let name: libc::sockaddr_in6 = unsafe { ptr::read(pointer.cast()) };
            let address = Ipv6Addr::from(name.sin6_addr.s6_addr);
            let port = u16::from_be(name.sin6_port);
            Some(SocketAddrV6::new(address, port, name.sin6_flowinfo, name.sin6_scope_id).into())
        }
        _ => None,
    }
}

/// Returns how long the name is.
fn write_name(name: &mut libc::sockaddr_storage, to: SocketAddr) -> libc::socklen_t {
    let pointer = ptr::from_mut(name);
    let length = match to {
        SocketAddr::V4(to) => {
            // SAFETY: zero is a value of it, and the storage is larger and aligned for it.
            unsafe {
                let mut name: libc::sockaddr_in = zeroed();
                name.sin_family = libc::AF_INET as libc::sa_family_t;
                name.sin_port = to.port().to_be();
                name.sin_addr.s_addr = u32::from(*to.ip()).to_be();
                ptr::write(pointer.cast(), name);
            }
            size_of::<libc::sockaddr_in>()
        }
        SocketAddr::V6(to) => {
            // SAFETY: as above.
            unsafe {
                let mut name: libc::sockaddr_in6 = zeroed();
                name.sin6_family = libc::AF_INET6 as libc::sa_family_t;
                name.sin6_port = to.port().to_be();
                name.sin6_addr.s6_addr = to.ip().octets();
                name.sin6_scope_id = to.scope_id();
                ptr::write(pointer.cast(), name);
            }
            size_of::<libc::sockaddr_in6>()
        }
    };
    length as libc::socklen_t
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_answer_comes_from_the_address_that_was_asked() {
        for (any, asked) in [("0.0.0.0:0", "127.0.0.5"), ("[::]:0", "::1")] {
            let Ok(server) = UdpSocket::bind(any) else {
                continue;
            };
            let asked: IpAddr = asked.parse().unwrap();
            ask_addresses(&server, asked).unwrap();
            let client = UdpSocket::bind(any).unwrap();
            let patience = Some(Duration::from_secs(10));
            client.set_read_timeout(patience).unwrap();
            // Only what comes from there is received.
            let port = server.local_addr().unwrap().port();
            client.connect((asked, port)).unwrap();
            client.send(b"question").unwrap();
            let mut buffer = [0; 99];
            let arrival = receive(&server, &mut buffer).unwrap();
            assert_eq!(&buffer[..arrival.length], b"question");
            assert_eq!(arrival.to, asked);
            assert_eq!(arrival.from, client.local_addr().unwrap());
            send(&server, b"answer", arrival.to, arrival.from).unwrap();
            let length = client.recv(&mut buffer).unwrap();
            assert_eq!(&buffer[..length], b"answer");
            let nothing = receive(&server, &mut buffer).unwrap_err();
            assert_eq!(nothing.kind(), io::ErrorKind::WouldBlock);
        }
    }
}

//! System calls that no library of ours offers.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::thread;
use std::time::Duration;

use rustix::io::Errno;

/// Moves up to `length` bytes between a socket and a pipe without copying them (splice(2)).
pub fn splice(from: impl AsFd, to: impl AsFd, length: usize) -> io::Result<usize> {
    let flags = libc::SPLICE_F_MOVE | libc::SPLICE_F_NONBLOCK;
    let none = std::ptr::null_mut();
    // SAFETY: both descriptors are open for the call, and null offsets are what sockets and pipes
    // take.
    let moved = unsafe {
        libc::splice(
            from.as_fd().as_raw_fd(),
            none,
            to.as_fd().as_raw_fd(),
            none,
            length,
            flags,
        )
    };
    usize::try_from(moved).map_err(|_| io::Error::last_os_error())
}

/// Sets how many bytes a pipe holds. The kernel may refuse: then it stays as it is.
pub fn widen(pipe: impl AsFd, bytes: i32) {
    // SAFETY: the descriptor is open for the call, and F_SETPIPE_SZ takes a number.
    unsafe { libc::fcntl(pipe.as_fd().as_raw_fd(), libc::F_SETPIPE_SZ, bytes) };
}

/// Reads an option of a socket whose value also says what is asked for (getsockopt(2)). Returns how
/// many bytes came.
pub fn socket_option(
    socket: impl AsFd,
    level: i32,
    name: i32,
    value: &mut [u8],
) -> io::Result<usize> {
    let mut length = value.len() as libc::socklen_t;
    // SAFETY: the kernel writes no more than `length` bytes, which are the slice's.
    let done = unsafe {
        libc::getsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            name,
            value.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    if done != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(length as usize)
}

/// Waits a little where accept(2) was refused for a lack of descriptors or memory: whoever wants to
/// come in stays in the queue until others have gone, and is told of again at once.
pub fn wait_for_descriptors(refused: Errno) {
    if let Errno::MFILE | Errno::NFILE | Errno::NOBUFS | Errno::NOMEM = refused {
        thread::sleep(Duration::from_millis(10));
    }
}

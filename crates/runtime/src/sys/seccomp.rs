//! `seccomp(2)`.

#![allow(unsafe_code)]

use super::result;

/// Loads a filter: an array of `struct sock_filter`. Without `no_new_privs` this needs
/// CAP_SYS_ADMIN in the user namespace.
pub fn load_filter(program: &[libc::sock_filter]) -> rustix::io::Result<()> {
    let program = libc::sock_fprog {
        len: u16::try_from(program.len()).map_err(|_| rustix::io::Errno::INVAL)?,
        filter: program.as_ptr().cast_mut(),
    };
    // SAFETY: the kernel copies `len` instructions from `filter` and writes none.
    result(unsafe {
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            0_u32,
            &raw const program,
        )
    })?;
    Ok(())
}

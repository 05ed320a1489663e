//! The system calls that no library wraps safely: all of this crate's `unsafe` is here.

mod bpf;
mod clone;
mod mount;
mod process;
mod seccomp;
mod signals;

pub use bpf::{BpfInstruction, attach_device_program, load_device_program};
pub use clone::{Side, clone_sibling, clone3};
pub use mount::{MountAttributes, mount_setattr};
pub use process::{
    close_all_but, close_inherited, exit_now, fresh_session_keyring, reset_signals, send_signal,
    take_controlling_terminal,
};
pub use seccomp::load_filter;
pub use signals::{Fork, block_signals, fork, kill, restore_signals, wait_for_signal};

use rustix::io::Errno;

/// The result of a raw `syscall(2)`.
fn result(value: libc::c_long) -> rustix::io::Result<libc::c_long> {
    if value >= 0 {
        return Ok(value);
    }
    let error = std::io::Error::last_os_error();
    Err(Errno::from_io_error(&error).unwrap_or(Errno::IO))
}

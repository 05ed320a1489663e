//! What happens to system calls that are newer than the profile.
//!
//! C libraries try a new call first and fall back when the kernel says `ENOSYS`; on `EPERM` they
//! give up. A profile whose default is `EPERM` would therefore break programs on every kernel that
//! is newer than the profile. As runc does, calls with a number above every one that the profile
//! names are answered with `ENOSYS` before the filter proper sees them.

use libseccomp::{ScmpArch, ScmpSyscall};

use super::profile::Rule;

/// `struct sock_filter` of `linux/filter.h`: code, jump if true, jump if false, operand.
fn instruction(code: u16, jump_true: u8, jump_false: u8, operand: u32) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..2].copy_from_slice(&code.to_ne_bytes());
    bytes[2] = jump_true;
    bytes[3] = jump_false;
    bytes[4..].copy_from_slice(&operand.to_ne_bytes());
    bytes
}

const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
const JUMP_EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
const JUMP_GREATER: u16 = (libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K) as u16;
const JUMP_LEAST: u16 = (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16;
const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;

/// Offsets in `struct seccomp_data` of `linux/seccomp.h`.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;

/// Numbers from here on are x32 calls on x86-64 and no newer ones.
const X32: u32 = 0x4000_0000;

/// Instructions to put before a filter: each architecture's calls above the highest known one end
/// with `ENOSYS`, everything else falls through.
pub(super) fn prologue(rules: &[&Rule]) -> Vec<u8> {
    let mut program = Vec::new();
    for (architecture, token) in architectures() {
        let Some(highest) = highest(rules, architecture) else {
            continue;
        };
        program.extend(instruction(LOAD, 0, 0, ARCHITECTURE));
        program.extend(instruction(JUMP_EQUAL, 0, 4, token));
        program.extend(instruction(LOAD, 0, 0, NUMBER));
        program.extend(instruction(JUMP_LEAST, 2, 0, X32));
        program.extend(instruction(JUMP_GREATER, 0, 1, highest));
        program.extend(instruction(
            RETURN,
            0,
            0,
            libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32,
        ));
    }
    program
}

/// The architectures this computer can run, with the kernel's `AUDIT_ARCH_…` tokens.
fn architectures() -> Vec<(ScmpArch, u32)> {
    match std::env::consts::ARCH {
        "x86_64" => vec![(ScmpArch::X8664, 0xC000_003E), (ScmpArch::X86, 0x4000_0003)],
        "aarch64" => vec![
            (ScmpArch::Aarch64, 0xC000_00B7),
            (ScmpArch::Arm, 0x4000_0028),
        ],
        _ => Vec::new(),
    }
}

fn highest(rules: &[&Rule], architecture: ScmpArch) -> Option<u32> {
    rules
        .iter()
        .flat_map(|rule| rule.names())
        .filter_map(|name| ScmpSyscall::from_name_by_arch(name, architecture).ok())
        .filter_map(|call| u32::try_from(call.as_raw_syscall()).ok())
        .filter(|number| *number < X32)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seccomp::Profile;

    #[test]
    fn the_highest_call_of_the_default_profile_is_a_recent_one() {
        let profile = Profile::docker_default();
        let rules = profile.rules_for(&[], "amd64", "6.1");
        // futex_waitv, Linux 5.16: any libseccomp from 2.5.4 on knows it.
        assert!(highest(&rules, ScmpArch::X8664).unwrap() >= 449);
        assert_eq!(prologue(&rules).len() % 8, 0);
    }
}

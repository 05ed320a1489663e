//! Which devices the container may use: the `devices` controller of v1, or a BPF program on the
//! cgroup2 directory (`BPF_PROG_TYPE_CGROUP_DEVICE`). Neither at hand is a failure, never a pass.

use std::os::fd::AsFd;
use std::path::Path;

use oci_spec::runtime::{LinuxDeviceCgroup, LinuxDeviceType, LinuxResources};
use rustix::fs::{Mode, OFlags, open};

use super::files::refused;
use super::unavailable;
use crate::bundle::CgroupPlan;
use crate::failure::{During, StartFailure, Step};
use crate::sys::{BpfInstruction, attach_device_program, load_device_program};

/// `BPF_DEVCG_*` of `linux/bpf.h`.
const DEVICE_BLOCK: i32 = 1;
const DEVICE_CHARACTER: i32 = 2;
const ACCESS_MKNOD: i32 = 1;
const ACCESS_READ: i32 = 2;
const ACCESS_WRITE: i32 = 4;

/// Sets the spec's rules on the container's groups.
pub fn apply(plan: &CgroupPlan, resources: &LinuxResources) -> Result<(), StartFailure> {
    let rules = resources.devices().as_deref().unwrap_or_default();
    if rules.is_empty() {
        return Ok(());
    }
    match plan {
        CgroupPlan::V2 { path } => attach(path, rules),
        CgroupPlan::V1 {
            controllers,
            unified,
        } => match (controllers.get("devices"), unified) {
            (Some(devices), _) => write(devices, rules),
            (None, Some(unified)) => attach(unified, rules),
            (None, None) => Err(unavailable("devices")),
        },
        CgroupPlan::None => Err(unavailable("devices")),
    }
}

/// v1: one write per rule, in order.
fn write(group: &Path, rules: &[LinuxDeviceCgroup]) -> Result<(), StartFailure> {
    for rule in rules {
        let file = if rule.allow() {
            "devices.allow"
        } else {
            "devices.deny"
        };
        let value = line(rule);
        std::fs::write(group.join(file), &value).map_err(|error| StartFailure {
            step: Step::DeviceRules,
            ..refused(file, &value, &error)
        })?;
    }
    Ok(())
}

/// A rule as the `devices` controller reads it.
fn line(rule: &LinuxDeviceCgroup) -> String {
    let number = |number: Option<i64>| match number {
        Some(number @ 0..) => number.to_string(),
        _ => "*".to_owned(),
    };
    let kind = match rule.typ() {
        Some(LinuxDeviceType::B) => "b",
        Some(LinuxDeviceType::C | LinuxDeviceType::U) => "c",
        _ if rule.major().is_none() && rule.minor().is_none() => return "a".to_owned(),
        _ => "a",
    };
    let access = rule.access().as_deref().unwrap_or("rwm");
    format!(
        "{kind} {}:{} {access}",
        number(rule.major()),
        number(rule.minor())
    )
}

/// v2: one program for all rules.
fn attach(group: &Path, rules: &[LinuxDeviceCgroup]) -> Result<(), StartFailure> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = open(group, flags, Mode::empty())
        .during(Step::DeviceRules, || group.display().to_string())?;
    let program = load_device_program(&program(rules))
        .during(Step::DeviceRules, || "load the device program")?;
    attach_device_program(directory.as_fd(), program.as_fd())
        .during(Step::DeviceRules, || "attach the device program")
}

/// Compiles the rules. The last one that matches decides, so they are tried backwards; where none
/// matches the access is denied.
///
/// The context is `struct bpf_cgroup_dev_ctx`: access type (access in the high half, device type
/// in the low one), major, minor. Registers 2 to 5 hold type, access, major and minor.
fn program(rules: &[LinuxDeviceCgroup]) -> Vec<BpfInstruction> {
    let mut program = vec![
        load_word(2, 0),
        and(2, 0xffff),
        load_word(3, 0),
        shift_right(3, 16),
        load_word(4, 4),
        load_word(5, 8),
    ];
    for rule in rules.iter().rev() {
        let block = rule_block(rule);
        let always = block.len() == VERDICT;
        program.extend(block);
        if always {
            // Nothing behind it could be reached, which the kernel's verifier would refuse.
            return program;
        }
    }
    program.extend(verdict(false));
    program
}

/// The length of a rule that has no test.
const VERDICT: usize = 2;

fn verdict(allow: bool) -> [BpfInstruction; VERDICT] {
    [set(0, i32::from(allow)), exit()]
}

/// Tests of one rule, each of which jumps behind the block if it fails, then its verdict.
fn rule_block(rule: &LinuxDeviceCgroup) -> Vec<BpfInstruction> {
    let mut block = Vec::new();
    match rule.typ() {
        Some(LinuxDeviceType::B) => block.push(skip_unless_equal(2, DEVICE_BLOCK)),
        Some(LinuxDeviceType::C | LinuxDeviceType::U) => {
            block.push(skip_unless_equal(2, DEVICE_CHARACTER));
        }
        _ => {}
    }
    let access = access_bits(rule.access().as_deref().unwrap_or("rwm"));
    if access != ACCESS_MKNOD | ACCESS_READ | ACCESS_WRITE {
        block.push(copy(1, 3));
        if rule.allow() {
            // Everything that is asked for must be allowed.
            block.push(and(1, access));
            block.push(skip_unless_same(1, 3));
        } else {
            // Anything that is asked for being denied is enough.
            block.push(and(1, access));
            block.push(skip_if_equal(1, 0));
        }
    }
    if let Some(major @ 0..) = rule.major() {
        block.push(skip_unless_equal(4, major as i32));
    }
    if let Some(minor @ 0..) = rule.minor() {
        block.push(skip_unless_equal(5, minor as i32));
    }
    block.extend(verdict(rule.allow()));
    let length = block.len();
    for (at, instruction) in block.iter_mut().enumerate() {
        if instruction.offset == SKIP {
            instruction.offset = (length - at - 1) as i16;
        }
    }
    block
}

fn access_bits(access: &str) -> i32 {
    access.bytes().fold(0, |bits, letter| match letter {
        b'm' => bits | ACCESS_MKNOD,
        b'r' => bits | ACCESS_READ,
        b'w' => bits | ACCESS_WRITE,
        _ => bits,
    })
}

/// Stands for the end of the block until its length is known.
const SKIP: i16 = i16::MAX;

fn instruction(code: u8, registers: u8, offset: i16, immediate: i32) -> BpfInstruction {
    BpfInstruction {
        code,
        registers,
        offset,
        immediate,
    }
}

/// `destination = *(u32 *)(context + offset)`; the context is in register 1 at the start.
fn load_word(destination: u8, offset: i16) -> BpfInstruction {
    instruction(0x61, destination | 1 << 4, offset, 0)
}

fn and(register: u8, mask: i32) -> BpfInstruction {
    instruction(0x54, register, 0, mask)
}

fn shift_right(register: u8, bits: i32) -> BpfInstruction {
    instruction(0x74, register, 0, bits)
}

fn copy(destination: u8, source: u8) -> BpfInstruction {
    instruction(0xbc, destination | source << 4, 0, 0)
}

fn set(register: u8, value: i32) -> BpfInstruction {
    instruction(0xb4, register, 0, value)
}

fn skip_unless_equal(register: u8, value: i32) -> BpfInstruction {
    instruction(0x55, register, SKIP, value)
}

fn skip_unless_same(register: u8, other: u8) -> BpfInstruction {
    instruction(0x5d, register | other << 4, SKIP, 0)
}

fn skip_if_equal(register: u8, value: i32) -> BpfInstruction {
    instruction(0x15, register, SKIP, value)
}

fn exit() -> BpfInstruction {
    instruction(0x95, 0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(
        allow: bool,
        kind: LinuxDeviceType,
        numbers: Option<(i64, i64)>,
        access: &str,
    ) -> LinuxDeviceCgroup {
        let mut rule = LinuxDeviceCgroup::default();
        rule.set_allow(allow);
        rule.set_typ(Some(kind));
        rule.set_major(numbers.map(|numbers| numbers.0));
        rule.set_minor(numbers.map(|numbers| numbers.1));
        rule.set_access(Some(access.to_owned()));
        rule
    }

    /// Runs a program as the kernel would.
    fn run(program: &[BpfInstruction], context: [u32; 3]) -> bool {
        let mut registers = [0_u32; 8];
        let mut at = 0;
        loop {
            let i = program[at];
            let (d, s) = (usize::from(i.registers & 15), usize::from(i.registers >> 4));
            let jump = match i.code {
                0x61 => {
                    registers[d] = context[i.offset as usize / 4];
                    false
                }
                0x54 => {
                    registers[d] &= i.immediate as u32;
                    false
                }
                0x74 => {
                    registers[d] >>= i.immediate;
                    false
                }
                0xbc => {
                    registers[d] = registers[s];
                    false
                }
                0xb4 => {
                    registers[d] = i.immediate as u32;
                    false
                }
                0x55 => registers[d] != i.immediate as u32,
                0x5d => registers[d] != registers[s],
                0x15 => registers[d] == i.immediate as u32,
                _ => return registers[0] == 1,
            };
            at += 1 + if jump { i.offset as usize } else { 0 };
        }
    }

    #[test]
    fn the_last_matching_rule_decides() {
        let rules = [
            rule(false, LinuxDeviceType::A, None, "rwm"),
            rule(true, LinuxDeviceType::C, None, "m"),
            rule(true, LinuxDeviceType::C, Some((1, 3)), "rwm"),
            rule(false, LinuxDeviceType::C, Some((1, 3)), "w"),
        ];
        let program = program(&rules);
        let asks = |kind: i32, access: i32, major, minor| {
            run(&program, [(access << 16 | kind) as u32, major, minor])
        };
        assert!(asks(DEVICE_CHARACTER, ACCESS_READ, 1, 3));
        assert!(!asks(DEVICE_CHARACTER, ACCESS_READ | ACCESS_WRITE, 1, 3));
        assert!(asks(DEVICE_CHARACTER, ACCESS_MKNOD, 10, 200));
        assert!(!asks(DEVICE_CHARACTER, ACCESS_READ, 10, 200));
        assert!(!asks(DEVICE_BLOCK, ACCESS_MKNOD, 8, 0));
    }

    #[test]
    fn lines_are_what_the_controller_reads() {
        assert_eq!(line(&rule(false, LinuxDeviceType::A, None, "rwm")), "a");
        assert_eq!(
            line(&rule(true, LinuxDeviceType::C, Some((5, -1)), "rw")),
            "c 5:* rw"
        );
    }
}

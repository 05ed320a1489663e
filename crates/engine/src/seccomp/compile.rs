//! From the rules of a profile to BPF instructions, by libseccomp.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek};

use libseccomp::{
    ScmpAction, ScmpArch, ScmpArgCompare, ScmpCompareOp, ScmpFilterContext, ScmpSyscall,
};

use super::profile::{Argument, Profile, Rule};
use super::{SeccompError, unknown};

/// Compiles the rules for the native architecture and those the profile adds to it.
///
/// A call that this libseccomp does not know by name is left out, as Docker leaves it out; what
/// the profile could not have known is answered by [`unknown::prologue`].
pub(super) fn compile(profile: &Profile, rules: &[&Rule]) -> Result<Vec<u8>, SeccompError> {
    let (action, errno) = profile.default_action();
    let default = ScmpAction::from_str(action, errno.or(Some(libc::EPERM)))?;
    let mut filter = ScmpFilterContext::new(default)?;
    // The shim holds CAP_SYS_ADMIN when it loads the filter; the bit is the container's choice.
    filter.set_ctl_nnp(false)?;
    for name in profile.further_architectures(native_token()) {
        filter.add_arch(name.parse::<ScmpArch>()?)?;
    }
    // A binary tree instead of a chain: hundreds of comparisons become about ten for each call.
    filter.set_ctl_optimize(2)?;
    for rule in rules {
        let action = ScmpAction::from_str(&rule.action, rule.errno_ret.or(Some(libc::EPERM)))?;
        if action == default {
            continue;
        }
        let arguments = comparisons(&rule.args)?;
        for name in rule.names() {
            let Ok(call) = ScmpSyscall::from_name(name) else {
                continue;
            };
            if arguments.is_empty() {
                filter.add_rule(action, call)?;
            } else if compares_twice(&rule.args) {
                // As in runc: each comparison is a rule of its own where libseccomp takes no two of
                // one argument.
                for argument in &arguments {
                    filter.add_rule_conditional(action, call, std::slice::from_ref(argument))?;
                }
            } else {
                filter.add_rule_conditional(action, call, &arguments)?;
            }
        }
    }
    // A policy that allows what it does not name knows every call.
    let mut program = match default {
        ScmpAction::Allow | ScmpAction::Log | ScmpAction::Trace(_) | ScmpAction::Notify => {
            Vec::new()
        }
        _ => unknown::prologue(rules),
    };
    program.extend(exported(&filter)?);
    Ok(program)
}

/// The instructions of the filter; libseccomp before 2.6 only writes them to a descriptor.
fn exported(filter: &ScmpFilterContext) -> Result<Vec<u8>, SeccompError> {
    let memory = rustix::fs::memfd_create("seccomp", rustix::fs::MemfdFlags::CLOEXEC)
        .map_err(|errno| SeccompError::Export(errno.into()))?;
    let mut file = File::from(memory);
    filter.export_bpf(&file)?;
    let mut instructions = Vec::new();
    file.rewind()
        .and_then(|()| file.read_to_end(&mut instructions))
        .map_err(SeccompError::Export)?;
    Ok(instructions)
}

/// Whether an argument is compared with more than one value.
fn compares_twice(arguments: &[Argument]) -> bool {
    let mut seen = BTreeSet::new();
    !arguments.iter().all(|argument| seen.insert(argument.index))
}

fn comparisons(arguments: &[Argument]) -> Result<Vec<ScmpArgCompare>, SeccompError> {
    arguments
        .iter()
        .map(|argument| {
            let (op, datum) = match argument.op.as_str() {
                "SCMP_CMP_NE" => (ScmpCompareOp::NotEqual, argument.value),
                "SCMP_CMP_LT" => (ScmpCompareOp::Less, argument.value),
                "SCMP_CMP_LE" => (ScmpCompareOp::LessOrEqual, argument.value),
                "SCMP_CMP_EQ" => (ScmpCompareOp::Equal, argument.value),
                "SCMP_CMP_GE" => (ScmpCompareOp::GreaterEqual, argument.value),
                "SCMP_CMP_GT" => (ScmpCompareOp::Greater, argument.value),
                "SCMP_CMP_MASKED_EQ" => (
                    ScmpCompareOp::MaskedEqual(argument.value),
                    argument.value_two,
                ),
                other => {
                    return Err(SeccompError::Profile(format!("unknown comparison {other}")));
                }
            };
            Ok(ScmpArgCompare::new(argument.index, op, datum))
        })
        .collect()
}

/// The native architecture as the OCI specification names it.
fn native_token() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "SCMP_ARCH_X86_64",
        "aarch64" => "SCMP_ARCH_AARCH64",
        "riscv64" => "SCMP_ARCH_RISCV64",
        _ => "SCMP_ARCH_NATIVE",
    }
}

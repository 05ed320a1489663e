//! Resource limits (getrlimit(2)), clamped to the shim's own hard limits where it may not raise
//! them: a machine whose administrator set a limit keeps it, and the container starts.

use oci_spec::runtime::{PosixRlimit, PosixRlimitType};
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::failure::{During, StartFailure, Step};

/// `RLIM_INFINITY` in the spec.
const INFINITY: u64 = u64::MAX;

/// Sets the spec's limits on this process.
pub fn apply(limits: &[PosixRlimit]) -> Result<(), StartFailure> {
    for limit in limits {
        let resource = resource(limit.typ());
        let wanted = Rlimit {
            current: finite(limit.soft()),
            maximum: finite(limit.hard()),
        };
        let set = match setrlimit(resource, wanted) {
            Err(Errno::PERM) => setrlimit(resource, clamp(wanted, getrlimit(resource).maximum)),
            other => other,
        };
        set.during(Step::Rlimits, || format!("{:?}", limit.typ()))?;
    }
    Ok(())
}

fn finite(value: u64) -> Option<u64> {
    (value != INFINITY).then_some(value)
}

/// `None` is no limit.
fn clamp(wanted: Rlimit, hard: Option<u64>) -> Rlimit {
    let lower = |value: Option<u64>| match (value, hard) {
        (Some(value), Some(hard)) => Some(value.min(hard)),
        (None, hard) => hard,
        (value, None) => value,
    };
    Rlimit {
        current: lower(wanted.current),
        maximum: lower(wanted.maximum),
    }
}

fn resource(kind: PosixRlimitType) -> Resource {
    match kind {
        PosixRlimitType::RlimitCpu => Resource::Cpu,
        PosixRlimitType::RlimitFsize => Resource::Fsize,
        PosixRlimitType::RlimitData => Resource::Data,
        PosixRlimitType::RlimitStack => Resource::Stack,
        PosixRlimitType::RlimitCore => Resource::Core,
        PosixRlimitType::RlimitRss => Resource::Rss,
        PosixRlimitType::RlimitNproc => Resource::Nproc,
        PosixRlimitType::RlimitNofile => Resource::Nofile,
        PosixRlimitType::RlimitMemlock => Resource::Memlock,
        PosixRlimitType::RlimitAs => Resource::As,
        PosixRlimitType::RlimitLocks => Resource::Locks,
        PosixRlimitType::RlimitSigpending => Resource::Sigpending,
        PosixRlimitType::RlimitMsgqueue => Resource::Msgqueue,
        PosixRlimitType::RlimitNice => Resource::Nice,
        PosixRlimitType::RlimitRtprio => Resource::Rtprio,
        PosixRlimitType::RlimitRttime => Resource::Rttime,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clamps_to_the_hard_limit() {
        let wanted = Rlimit {
            current: Some(10),
            maximum: None,
        };
        let clamped = clamp(wanted, Some(20));
        assert_eq!((clamped.current, clamped.maximum), (Some(10), Some(20)));
        let clamped = clamp(
            Rlimit {
                current: None,
                maximum: None,
            },
            None,
        );
        assert_eq!((clamped.current, clamped.maximum), (None, None));
    }
}

//! `--ulimit`.

use gantry_wire::Resources;
use oci_spec::runtime::{PosixRlimit, PosixRlimitBuilder, PosixRlimitType as Kind};

use super::made;
use crate::{Error, Result};

pub(crate) fn of(resources: &Resources) -> Result<Vec<PosixRlimit>> {
    resources
        .ulimits
        .iter()
        .map(|limit| {
            let kind = kind(&limit.name)
                .ok_or_else(|| Error::Invalid(format!("invalid ulimit type: {}", limit.name)))?;
            // -1 is the kernel's RLIM_INFINITY.
            let (soft, hard) = (limit.soft as u64, limit.hard as u64);
            if soft > hard {
                return Err(Error::Invalid(format!(
                    "ulimit soft limit must be less than or equal to hard limit: {} > {}",
                    limit.soft, limit.hard
                )));
            }
            made(
                PosixRlimitBuilder::default()
                    .typ(kind)
                    .soft(soft)
                    .hard(hard)
                    .build(),
            )
        })
        .collect()
}

/// A container's hard limits are not above the engine's own, unless the engine may raise those.
/// What was asked beyond is cut, and said.
pub(crate) fn warnings(resources: &Resources) -> Vec<String> {
    let cut = resources.ulimits.iter().filter_map(|limit| {
        let own = hard_limit(&limit.name)?;
        let asked = limit.hard as u64;
        (asked > own && !may_raise()).then(|| {
            format!(
                "--ulimit {}={} is cut to {own}, the most that the engine itself has.",
                limit.name, limit.hard
            )
        })
    });
    cut.collect()
}

/// CAP_SYS_RESOURCE raises limits outside of any user namespace only.
fn may_raise() -> bool {
    use rustix::thread::{CapabilitySet, capabilities};
    let initial = std::fs::read_to_string("/proc/self/uid_map")
        .is_ok_and(|map| map.split_whitespace().eq(["0", "0", "4294967295"]));
    initial
        && capabilities(None).is_ok_and(|sets| sets.effective.contains(CapabilitySet::SYS_RESOURCE))
}

/// The engine's own hard limit; `None` where there is none.
fn hard_limit(name: &str) -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    let resource = match name {
        "as" => Resource::As,
        "core" => Resource::Core,
        "cpu" => Resource::Cpu,
        "data" => Resource::Data,
        "fsize" => Resource::Fsize,
        "locks" => Resource::Locks,
        "memlock" => Resource::Memlock,
        "msgqueue" => Resource::Msgqueue,
        "nice" => Resource::Nice,
        "nofile" => Resource::Nofile,
        "nproc" => Resource::Nproc,
        "rss" => Resource::Rss,
        "rtprio" => Resource::Rtprio,
        "rttime" => Resource::Rttime,
        "sigpending" => Resource::Sigpending,
        "stack" => Resource::Stack,
        _ => return None,
    };
    getrlimit(resource).maximum
}

fn kind(name: &str) -> Option<Kind> {
    Some(match name {
        "as" => Kind::RlimitAs,
        "core" => Kind::RlimitCore,
        "cpu" => Kind::RlimitCpu,
        "data" => Kind::RlimitData,
        "fsize" => Kind::RlimitFsize,
        "locks" => Kind::RlimitLocks,
        "memlock" => Kind::RlimitMemlock,
        "msgqueue" => Kind::RlimitMsgqueue,
        "nice" => Kind::RlimitNice,
        "nofile" => Kind::RlimitNofile,
        "nproc" => Kind::RlimitNproc,
        "rss" => Kind::RlimitRss,
        "rtprio" => Kind::RlimitRtprio,
        "rttime" => Kind::RlimitRttime,
        "sigpending" => Kind::RlimitSigpending,
        "stack" => Kind::RlimitStack,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use gantry_wire::Ulimit;

    use super::*;

    #[test]
    fn limits_are_read_and_nonsense_is_refused() {
        let limits = |name: &str, soft, hard| {
            of(&Resources {
                ulimits: vec![Ulimit {
                    name: name.into(),
                    soft,
                    hard,
                }],
                ..Resources::default()
            })
        };
        assert_eq!(limits("nofile", 1024, -1).unwrap()[0].hard(), u64::MAX);
        assert!(limits("nofile", 2, 1).is_err());
        assert!(limits("nonsense", 1, 1).is_err());
    }
}

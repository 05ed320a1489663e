//! From the shim's ids and capabilities to the container's (capabilities(7), credentials(7)).

use std::fs;
use std::os::fd::BorrowedFd;

use oci_spec::runtime::{Capabilities, LinuxCapabilities, Process};
use rustix::fs::{Gid, Uid, fchown};
use rustix::io::Errno;
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, capability_is_in_bounding_set,
    clear_ambient_capability_set, configure_capability_in_ambient_set,
    remove_capability_from_bounding_set, set_capabilities, set_keep_capabilities,
    set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};

use crate::failure::{During, StartFailure, Step};
use crate::users::Account;

/// The five sets of the spec, cut down to what this process holds itself.
#[derive(Clone, Copy, Debug)]
pub struct Powers {
    bounding: CapabilitySet,
    effective: CapabilitySet,
    permitted: CapabilitySet,
    inheritable: CapabilitySet,
    ambient: CapabilitySet,
}

impl Powers {
    /// Reads the spec's sets. A process without any is given no capability.
    pub fn of(process: &Process) -> Result<Self, StartFailure> {
        let held = held()?.permitted;
        let sets = process.capabilities().as_ref();
        let take = |set: Option<&Option<Capabilities>>| {
            let names = set.and_then(Option::as_ref).into_iter().flatten();
            let known = names.filter_map(|name| CapabilitySet::from_name(&name.to_string()));
            known.fold(CapabilitySet::empty(), CapabilitySet::union) & held
        };
        let permitted = take(sets.map(LinuxCapabilities::permitted));
        let inheritable = take(sets.map(LinuxCapabilities::inheritable));
        Ok(Self {
            bounding: take(sets.map(LinuxCapabilities::bounding)),
            effective: take(sets.map(LinuxCapabilities::effective)) & permitted,
            permitted,
            inheritable,
            // The kernel wants both for an ambient one.
            ambient: take(sets.map(LinuxCapabilities::ambient)) & permitted & inheritable,
        })
    }

    /// Drops what the bounding set must not hold; needs CAP_SETPCAP, so it comes first.
    pub fn drop_bounding(&self) -> Result<(), StartFailure> {
        for number in 0..64 {
            let capability = CapabilitySet::from_bits_retain(1 << number);
            match capability_is_in_bounding_set(capability) {
                // The first number the kernel does not know.
                Err(_) => break,
                Ok(true) if !self.bounding.contains(capability) => {
                    remove_capability_from_bounding_set(capability)
                        .during(Step::Capabilities, || format!("drop number {number}"))?;
                }
                Ok(_) => {}
            }
        }
        Ok(())
    }

    /// Takes on the final sets. Ambient ones are raised last, since changing the others clears them.
    pub fn apply(&self) -> Result<(), StartFailure> {
        let _ = clear_ambient_capability_set();
        let sets = CapabilitySets {
            effective: self.effective,
            permitted: self.permitted,
            inheritable: self.inheritable,
        };
        set_capabilities(None, sets).during(Step::Capabilities, || "set")?;
        for capability in self.ambient.iter() {
            configure_capability_in_ambient_set(capability, true)
                .during(Step::Capabilities, || format!("ambient {capability:?}"))?;
        }
        Ok(())
    }
}

/// Changes to the account's ids and keeps every capability for the steps that follow.
pub fn become_account(account: &Account, groups: Groups) -> Result<(), StartFailure> {
    set_keep_capabilities(true).during(Step::Capabilities, || "keep")?;
    if groups == Groups::Settable {
        let list: Vec<Gid> = account
            .groups
            .iter()
            .map(|&gid| Gid::from_raw(gid))
            .collect();
        set_thread_groups(&list).during(Step::User, || {
            unmapped("one of the groups", &account.groups)
        })?;
    }
    let gid = Gid::from_raw(account.gid);
    set_thread_res_gid(gid, gid, gid).during(Step::User, || unmapped("group", &[account.gid]))?;
    let uid = Uid::from_raw(account.uid);
    set_thread_res_uid(uid, uid, uid).during(Step::User, || unmapped("user", &[account.uid]))?;
    let sets = held()?;
    // Leaving uid 0 emptied the effective set and left the permitted one.
    let all = CapabilitySets {
        effective: sets.permitted,
        ..sets
    };
    set_capabilities(None, all).during(Step::Capabilities, || "raise")
}

/// Gives a file to the container's user. An id without a place in the map cannot have it; becoming
/// that user fails soon, and says so.
pub fn give(file: BorrowedFd<'_>, uid: u32) -> rustix::io::Result<()> {
    match fchown(file, Some(Uid::from_raw(uid)), None::<Gid>) {
        Err(Errno::INVAL) => Ok(()),
        other => other,
    }
}

/// Whether this user namespace may set supplementary groups (user_namespaces(7),
/// /proc/PID/setgroups): an unprivileged single-id map may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    Settable,
    Fixed,
}

impl Groups {
    /// Asks the host's /proc, thus before the root changes.
    pub fn of_this_process() -> Self {
        match fs::read_to_string("/proc/self/setgroups") {
            Ok(word) if word.trim() == "deny" => Self::Fixed,
            _ => Self::Settable,
        }
    }
}

fn held() -> Result<CapabilitySets, StartFailure> {
    capabilities(None).during(Step::Capabilities, || "get")
}

/// The kernel answers EINVAL for an id without a place in the map.
fn unmapped(what: &str, ids: &[u32]) -> String {
    let ids = ids.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    format!("{what} {ids} (is it mapped in the user namespace?)")
}

//! Who may talk to this engine: the user it belongs to, and root.
//!
//! The socket's mode says the same; this holds when the mode was changed or the socket was
//! mounted into a container.

use std::fs;

/// The user ids that are let in, as this process sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    own: u32,
    /// In a user namespace everybody outside its map, root included, appears as this id.
    outsiders: Option<u32>,
}

impl Owner {
    /// The user of this process.
    pub(crate) fn current() -> Self {
        let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
        let overflow = fs::read_to_string("/proc/sys/kernel/overflowuid").unwrap_or_default();
        Self::new(rustix::process::geteuid().as_raw(), &map, &overflow)
    }

    fn new(own: u32, uid_map: &str, overflow: &str) -> Self {
        let whole = uid_map.split_whitespace().eq(["0", "0", "4294967295"]);
        Self {
            own,
            outsiders: if whole {
                None
            } else {
                overflow.trim().parse().ok()
            },
        }
    }

    /// Whether a client of that user is served. Outsiders of a user namespace are let through to
    /// the socket by its mode only when they are the owner or root.
    pub(crate) fn admits(self, uid: u32) -> bool {
        uid == 0 || uid == self.own || Some(uid) == self.outsiders
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_users_are_refused() {
        let owner = Owner::new(1000, "0 0 4294967295\n", "65534\n");
        assert!(owner.admits(0) && owner.admits(1000));
        assert!(!owner.admits(1001) && !owner.admits(65534));
    }

    #[test]
    fn root_outside_a_user_namespace_is_recognised() {
        let owner = Owner::new(0, "0 1000 1\n1 100000 65536\n", "65534\n");
        assert!(owner.admits(0) && owner.admits(65534));
        assert!(!owner.admits(1));
    }
}

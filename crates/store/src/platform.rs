//! What this process may do to files: as root, or as root of a user namespace.

use std::fs;

/// How overlayfs marks are written, and what else depends on the user namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Powers {
    /// The initial user namespace: `trusted.*` attributes and devices are allowed.
    Full,
    /// A user namespace: overlay mounts use `userxattr`, devices cannot be created.
    Namespace,
}

impl Powers {
    /// Finds out by the map of user ids: only the initial namespace maps everything to itself.
    pub fn detect() -> Self {
        let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
        let mut fields = map.split_ascii_whitespace();
        if [fields.next(), fields.next(), fields.next()]
            == [Some("0"), Some("0"), Some("4294967295")]
        {
            Self::Full
        } else {
            Self::Namespace
        }
    }

    /// The attribute that makes a directory opaque.
    pub fn opaque_attribute(self) -> &'static str {
        match self {
            Self::Full => "trusted.overlay.opaque",
            Self::Namespace => "user.overlay.opaque",
        }
    }
}

/// Whether an attribute belongs to overlayfs itself: from an image it could redirect or unhide.
pub(crate) fn is_overlay_attribute(name: &[u8]) -> bool {
    name.windows(9).any(|part| part == b".overlay.")
}

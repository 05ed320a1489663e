//! The option strings of a mount in the runtime spec (config.md, "Linux mount options").

use oci_spec::runtime::Mount;

const RDONLY: u64 = libc::MOUNT_ATTR_RDONLY;
const NOSUID: u64 = libc::MOUNT_ATTR_NOSUID;
const NODEV: u64 = libc::MOUNT_ATTR_NODEV;
const NOEXEC: u64 = libc::MOUNT_ATTR_NOEXEC;
const ATIME: u64 = libc::MOUNT_ATTR__ATIME;
const NOATIME: u64 = libc::MOUNT_ATTR_NOATIME;
const STRICTATIME: u64 = libc::MOUNT_ATTR_STRICTATIME;
const NODIRATIME: u64 = libc::MOUNT_ATTR_NODIRATIME;
const NOSYMFOLLOW: u64 = libc::MOUNT_ATTR_NOSYMFOLLOW;

/// Attributes of a mount to set and to clear (`MOUNT_ATTR_*`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    pub set: u64,
    pub clear: u64,
}

impl Attributes {
    pub const READ_ONLY: Self = Self {
        set: RDONLY,
        clear: 0,
    };

    /// For device nodes: no program and no identity comes from them.
    pub const NODE: Self = Self {
        set: RDONLY | NOSUID | NOEXEC,
        clear: 0,
    };

    fn set(&mut self, bits: u64) {
        self.set |= bits;
        self.clear &= !bits;
    }

    fn clear(&mut self, bits: u64) {
        self.clear |= bits;
        self.set &= !bits;
    }

    /// The access time settings exclude each other: the field is cleared, then set.
    fn access_time(&mut self, value: u64) {
        self.clear |= ATIME;
        self.set = self.set & !ATIME | value;
    }
}

/// The options of one mount, sorted by what they mean to the kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MountOptions<'a> {
    /// For this mount.
    pub attributes: Attributes,
    /// For this mount and those below it (`rro` and the like).
    pub recursive: Attributes,
    /// `bind` or `rbind` was given.
    pub bind: Option<Bind>,
    /// `MS_PRIVATE` and so on, and whether it holds for the mounts below.
    pub propagation: Option<(u64, bool)>,
    /// The container's user becomes the owner of all that is mounted (`U`).
    pub give: bool,
    /// Of a bind: what is mounted lies below the source (`subpath=…`), reached without leaving it.
    pub beneath: Option<&'a str>,
    /// What the filesystem itself understands.
    pub data: Vec<&'a str>,
}

/// How a bind mount treats what is mounted below its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bind {
    Single,
    Recursive,
}

impl<'a> MountOptions<'a> {
    pub fn of(mount: &'a Mount) -> Self {
        let mut options = Self::default();
        for option in mount.options().iter().flatten() {
            if let Some(path) = option.strip_prefix("subpath=") {
                options.beneath = Some(path);
            } else if !options.take(option) {
                options.data.push(option);
            }
        }
        if options.bind.is_none() && mount.typ().as_deref() == Some("bind") {
            options.bind = Some(Bind::Recursive);
        }
        options
    }

    /// Takes an option that is the mount's; one that is the filesystem's is left.
    fn take(&mut self, option: &str) -> bool {
        match option {
            "U" => self.give = true,
            "bind" => self.bind = Some(Bind::Single),
            "rbind" => self.bind = Some(Bind::Recursive),
            "private" => self.propagation = Some((libc::MS_PRIVATE, false)),
            "rprivate" => self.propagation = Some((libc::MS_PRIVATE, true)),
            "slave" => self.propagation = Some((libc::MS_SLAVE, false)),
            "rslave" => self.propagation = Some((libc::MS_SLAVE, true)),
            "shared" => self.propagation = Some((libc::MS_SHARED, false)),
            "rshared" => self.propagation = Some((libc::MS_SHARED, true)),
            "unbindable" => self.propagation = Some((libc::MS_UNBINDABLE, false)),
            "runbindable" => self.propagation = Some((libc::MS_UNBINDABLE, true)),
            "defaults" | "async" | "silent" | "loud" | "norelatime" | "nostrictatime" => {}
            _ => {
                // Of the recursive names the spec knows, only those below begin with an r too many.
                return take_attribute(&mut self.attributes, option)
                    || option
                        .strip_prefix('r')
                        .is_some_and(|name| take_attribute(&mut self.recursive, name));
            }
        }
        true
    }
}

fn take_attribute(attributes: &mut Attributes, option: &str) -> bool {
    match option {
        "ro" => attributes.set(RDONLY),
        "rw" => attributes.clear(RDONLY),
        "nosuid" => attributes.set(NOSUID),
        "suid" => attributes.clear(NOSUID),
        "nodev" => attributes.set(NODEV),
        "dev" => attributes.clear(NODEV),
        "noexec" => attributes.set(NOEXEC),
        "exec" => attributes.clear(NOEXEC),
        "noatime" => attributes.access_time(NOATIME),
        "strictatime" => attributes.access_time(STRICTATIME),
        "relatime" | "atime" => attributes.access_time(0),
        "nodiratime" => attributes.set(NODIRATIME),
        "diratime" => attributes.clear(NODIRATIME),
        "nosymfollow" => attributes.set(NOSYMFOLLOW),
        "symfollow" => attributes.clear(NOSYMFOLLOW),
        _ => return false,
    }
    true
}

/// The spec's `linux.rootfsPropagation`.
pub fn propagation(name: &str) -> Option<(u64, bool)> {
    let mut options = MountOptions::default();
    if !options.take(name) {
        return None;
    }
    options.propagation
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(options: &[&str]) -> Mount {
        let mut mount = Mount::default();
        mount.set_options(Some(
            options.iter().map(|&option| option.to_owned()).collect(),
        ));
        mount
    }

    #[test]
    fn sorts_options() {
        let mount = parse(&[
            "nosuid",
            "strictatime",
            "mode=755",
            "size=65536k",
            "rw",
            "rslave",
        ]);
        let options = MountOptions::of(&mount);
        let attributes = Attributes {
            set: NOSUID | STRICTATIME,
            clear: ATIME | RDONLY,
        };
        assert_eq!(options.attributes, attributes);
        assert_eq!(options.propagation, Some((libc::MS_SLAVE, true)));
        assert_eq!(options.data, ["mode=755", "size=65536k"]);
    }

    #[test]
    fn recursive_names_are_kept_apart() {
        let mount = parse(&["rbind", "rro", "rnosuid", "relatime", "rw"]);
        let options = MountOptions::of(&mount);
        assert_eq!(options.bind, Some(Bind::Recursive));
        assert_eq!(
            options.recursive,
            Attributes {
                set: RDONLY | NOSUID,
                clear: 0
            }
        );
        assert_eq!(
            options.attributes,
            Attributes {
                set: 0,
                clear: ATIME | RDONLY
            }
        );
        assert!(options.data.is_empty());
    }
}

//! The namespaces that the engine lives in: found again where containers run, made otherwise.
//!
//! As an ordinary user the engine has a user namespace, in which it is root over a range of
//! subordinate ids; as root it has none. A mount namespace of its own it has in both cases, a
//! slave of the host's: disks that appear later are seen, and nothing here blocks an unmount.

mod join;
mod make;
pub(crate) mod mapping;
pub(crate) mod subids;

use nix::mount::{MsFlags, mount};

use super::{EnterError, Paths, Warning};

/// Which user ids the engine can give to containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdMapping {
    /// All of the host's: the engine runs as root without a user namespace.
    Root,
    /// A range of subordinate ids, mapped by newuidmap and newgidmap.
    Ranges,
    /// Only the user's own, seen as root; files of other owners cannot be made.
    SingleId,
}

/// Joins the namespaces of living containers, or makes new ones. Warnings are for `docker info`.
pub(super) fn enter_namespaces(
    paths: &Paths,
    warnings: &mut Vec<Warning>,
) -> Result<IdMapping, EnterError> {
    let root = rustix::process::geteuid().is_root();
    if join::join_living(paths, root)? {
        let mapping = if root {
            IdMapping::Root
        } else {
            joined_mapping()
        };
        if mapping == IdMapping::SingleId {
            warnings.push(Warning::SingleId(None));
        }
        return Ok(mapping);
    }
    let mapping = if root {
        make::mount_namespace()?;
        IdMapping::Root
    } else {
        make::user_namespace(warnings)?
    };
    let slave = MsFlags::MS_SLAVE | MsFlags::MS_REC;
    mount(None::<&str>, "/", None::<&str>, slave, None::<&str>)
        .map_err(|error| EnterError::CapabilitiesDenied(error.into()))?;
    Ok(mapping)
}

/// The kind of mapping of a namespace that an earlier engine made.
fn joined_mapping() -> IdMapping {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    if map.lines().count() > 1 {
        IdMapping::Ranges
    } else {
        IdMapping::SingleId
    }
}

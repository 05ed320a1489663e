//! A control group of this engine's own, asked of systemd: one delegated scope per engine.
//!
//! The tree below a unit belongs to systemd unless the unit is delegated, and an engine starts in
//! units that are not its own: a desktop's scope, a login session, a service whose end would take
//! the containers along. So it moves into a scope made for it, in which it lives beside its
//! supervisors and containers. The scope goes when the last of them does; an engine that comes back
//! earlier finds it and moves in again.
//!
//! The conversation happens before the user namespace is entered, since from inside one D-Bus sees
//! another user, and in a child, since the library has threads and joining namespaces forbids them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use zbus::blocking::{Connection, Proxy, connection};
use zbus::zvariant::Value;

use super::Paths;
use super::child::in_child;
use super::mountinfo::own_groups;

/// How long systemd may take. It answers within milliseconds unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(10);

/// The group of the engine and its supervisors, beside those of the containers: a group that hands
/// out controllers may hold no process itself.
pub(super) const OWN_GROUP: &str = "engine";

/// Whether systemd manages this machine; see sd_booted(3).
pub(super) fn is_here() -> bool {
    Path::new("/run/systemd/system").is_dir()
}

/// Moves this process into the engine's scope and returns the scope's path in the hierarchy.
///
/// Must be called before any thread exists and before a user namespace is entered.
pub(super) fn enter_scope(paths: &Paths, root: bool) -> Result<PathBuf, String> {
    let unit = unit_name(paths);
    if let Some(scope) = own_scope(&unit) {
        return Ok(scope);
    }
    ask_in_a_child(&unit, root)?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(scope) = own_scope(&unit) {
            return Ok(scope);
        }
        if Instant::now() > deadline {
            return Err(format!("systemd did not move the engine into {unit}"));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Engines with different data roots have scopes of their own.
fn unit_name(paths: &Paths) -> String {
    let hash = paths.runtime.file_name().unwrap_or_default();
    format!("gantry-{}.scope", hash.to_string_lossy())
}

/// The scope's path if this process is in it.
fn own_scope(unit: &str) -> Option<PathBuf> {
    let own = own_groups().remove("")?;
    own.ancestors()
        .find(|group| group.file_name().is_some_and(|name| name == unit))
        .map(Path::to_owned)
}

/// Whether systemd delegated this group to the user who runs the unit (systemd 251 and later).
pub(super) fn is_delegated(group: &Path) -> bool {
    let mut value = [0; 8];
    ["user.delegate", "trusted.delegate"].iter().any(|name| {
        rustix::fs::getxattr(group, *name, &mut value).is_ok_and(|length| value[..length] == *b"1")
    })
}

fn ask_in_a_child(unit: &str, root: bool) -> Result<(), String> {
    let engine = std::process::id();
    let answer = in_child(PATIENCE, || match ask(unit, engine, root) {
        Ok(()) => "done".to_owned(),
        Err(error) => error.to_string(),
    });
    match answer.map_err(|error| error.to_string())?.as_str() {
        "done" => Ok(()),
        "" => Err("the conversation with systemd broke off".to_owned()),
        why => Err(why.to_owned()),
    }
}

/// Makes the scope with the engine in it, or moves the engine into the one that is there.
fn ask(unit: &str, engine: u32, root: bool) -> zbus::Result<()> {
    let manager = Proxy::new(
        &connect(root)?,
        "org.freedesktop.systemd1",
        "/org/freedesktop/systemd1",
        "org.freedesktop.systemd1.Manager",
    )?;
    let properties = [
        ("Description", Value::from("Gantry containers")),
        ("PIDs", Value::from(vec![engine])),
        ("Delegate", Value::from(true)),
        // The default for a scope is a share of the machine's, which all containers would share.
        ("TasksMax", Value::from(u64::MAX)),
        ("CollectMode", Value::from("inactive-or-failed")),
    ];
    let auxiliary: [(&str, Vec<(&str, Value<'_>)>); 0] = [];
    let made = manager.call_method(
        "StartTransientUnit",
        &(unit, "fail", &properties[..], &auxiliary[..]),
    );
    match made {
        Ok(_) => Ok(()),
        Err(zbus::Error::MethodError(name, ..))
            if name.as_str() == "org.freedesktop.systemd1.UnitExists" =>
        {
            // Containers of an earlier engine live in it.
            let group = format!("/{OWN_GROUP}");
            manager.call_method("AttachProcessesToUnit", &(unit, group, vec![engine]))?;
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The bus of the manager: the system's for root, the user's otherwise.
fn connect(root: bool) -> zbus::Result<Connection> {
    let builder = if root {
        connection::Builder::system()?
    } else {
        // After `su` the environment may name nobody's bus, or another user's.
        let uid = rustix::process::geteuid().as_raw();
        let own = format!("/run/user/{uid}/bus");
        if fs::exists(&own).unwrap_or(false) {
            connection::Builder::address(format!("unix:path={own}").as_str())?
        } else {
            connection::Builder::session()?
        }
    };
    builder.method_timeout(PATIENCE / 2).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_with_different_roots_have_different_scopes() {
        let paths = |hash: &str| Paths {
            root: "/r".into(),
            runtime: Path::new("/run/gantry").join(hash),
            socket: "/s".into(),
            config: "/c".into(),
        };
        assert_eq!(unit_name(&paths("0a1b2c")), "gantry-0a1b2c.scope");
    }

    #[test]
    fn a_group_that_nobody_delegated_is_not_taken_for_one() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_delegated(folder.path()));
    }
}

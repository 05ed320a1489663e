//! Mounts as the run dialog shows them, and as a request says them.

use gantry_view::{MountKind, RunMount};
use gantry_wire::{HostConfig, Mount};

use crate::path;

/// Takes what the dialog can show out of a request; what it cannot (volumes without a name) stays.
pub(super) fn take(host: &mut HostConfig) -> Vec<RunMount> {
    let mut shown = Vec::new();
    host.binds.retain(|bind| {
        let read = read_bind(bind);
        let stays = read.is_none();
        shown.extend(read);
        stays
    });
    host.mounts.retain(|mount| {
        let read = read_mount(mount);
        let stays = read.is_none();
        shown.extend(read);
        stays
    });
    let memory = std::mem::take(&mut host.tmpfs).into_keys();
    shown.extend(memory.map(|target| RunMount {
        kind: MountKind::Tmpfs,
        source: String::new(),
        target,
        read_only: false,
    }));
    shown
}

/// Puts a mount into a request. What `whole` says of the same place beyond the dialog's fields
/// stays as it is there.
pub(super) fn put(mount: RunMount, whole: &HostConfig, host: &mut HostConfig) {
    let mount = RunMount {
        source: match mount.kind {
            MountKind::Bind => path::home(mount.source.trim()),
            _ => mount.source,
        },
        ..mount
    };
    let is_same = |known: &RunMount| known.kind == mount.kind && known.target == mount.target;
    if let Some(bind) = whole
        .binds
        .iter()
        .find(|bind| read_bind(bind).is_some_and(|it| is_same(&it)))
    {
        host.binds.push(with_bind(bind, &mount));
    } else if let Some(known) =
        (whole.mounts.iter()).find(|known| read_mount(known).is_some_and(|it| is_same(&it)))
    {
        host.mounts.push(Mount {
            source: mount.source,
            read_only: mount.read_only,
            ..known.clone()
        });
    } else if let Some(options) = whole
        .tmpfs
        .get(&mount.target)
        .filter(|_| mount.kind == MountKind::Tmpfs)
    {
        host.tmpfs.insert(mount.target, options.clone());
    } else {
        host.mounts.push(Mount {
            r#type: kind_word(mount.kind).to_owned(),
            source: mount.source,
            target: mount.target,
            read_only: mount.read_only,
            ..Mount::default()
        });
    }
}

/// `source:target[:options]`
fn read_bind(bind: &str) -> Option<RunMount> {
    let mut parts = bind.splitn(3, ':');
    let (source, target) = (parts.next()?, parts.next()?);
    let options = parts.next().unwrap_or_default();
    Some(RunMount {
        kind: if source.starts_with('/') {
            MountKind::Bind
        } else {
            MountKind::Volume
        },
        source: source.to_owned(),
        target: target.to_owned(),
        read_only: options.split(',').any(|option| option == "ro"),
    })
}

fn read_mount(mount: &Mount) -> Option<RunMount> {
    let kind = match mount.r#type.as_str() {
        "bind" => MountKind::Bind,
        "volume" if !mount.source.is_empty() => MountKind::Volume,
        "tmpfs" => MountKind::Tmpfs,
        _ => return None,
    };
    Some(RunMount {
        kind,
        source: mount.source.clone(),
        target: mount.target.clone(),
        read_only: mount.read_only,
    })
}

/// The same bind with another source and access.
fn with_bind(bind: &str, mount: &RunMount) -> String {
    if read_bind(bind).as_ref() == Some(mount) {
        return bind.to_owned();
    }
    let options = bind.splitn(3, ':').nth(2).unwrap_or_default().split(',');
    let mut options: Vec<&str> = options
        .filter(|option| !matches!(*option, "" | "ro" | "rw"))
        .collect();
    if mount.read_only {
        options.insert(0, "ro");
    }
    let place = format!("{}:{}", mount.source, mount.target);
    if options.is_empty() {
        place
    } else {
        format!("{place}:{}", options.join(","))
    }
}

fn kind_word(kind: MountKind) -> &'static str {
    match kind {
        MountKind::Bind => "bind",
        MountKind::Volume => "volume",
        MountKind::Tmpfs => "tmpfs",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use gantry_wire::{TmpfsOptions, VolumeOptions};

    use super::*;

    fn host() -> HostConfig {
        HostConfig {
            binds: vec!["/site:/srv:ro,z".into(), "data:/data".into()],
            mounts: vec![
                Mount {
                    r#type: "volume".into(),
                    target: "/own".into(),
                    ..Mount::default()
                },
                Mount {
                    r#type: "volume".into(),
                    source: "parts".into(),
                    target: "/parts".into(),
                    volume_options: Some(VolumeOptions {
                        subpath: "a".into(),
                        ..VolumeOptions::default()
                    }),
                    ..Mount::default()
                },
                Mount {
                    r#type: "tmpfs".into(),
                    target: "/run".into(),
                    tmpfs_options: Some(TmpfsOptions {
                        size_bytes: 4096,
                        ..TmpfsOptions::default()
                    }),
                    ..Mount::default()
                },
            ],
            tmpfs: BTreeMap::from([("/tmp".into(), "size=1m".into())]),
            ..HostConfig::default()
        }
    }

    #[test]
    fn what_nobody_changes_comes_back_as_it_was() {
        let whole = host();
        let mut host = whole.clone();
        let shown = take(&mut host);
        assert_eq!(shown.len(), 5);
        assert_eq!(host.mounts.len(), 1, "the volume without a name stays");
        for mount in shown {
            put(mount, &whole, &mut host);
        }
        assert_eq!(host, whole);
    }

    #[test]
    fn a_change_leaves_the_rest_of_a_mount_alone() {
        let whole = host();
        let mut host = whole.clone();
        let mut shown = take(&mut host).into_iter();
        let mut site = shown.next().expect("the folder");
        site.source = "/other".into();
        put(site.clone(), &whole, &mut host);
        site.read_only = false;
        put(site.clone(), &whole, &mut host);
        assert_eq!(host.binds, ["/other:/srv:ro,z", "/other:/srv:z"]);
        site.kind = MountKind::Volume;
        put(site, &whole, &mut host);
        let put = host.mounts.last().expect("another kind is another mount");
        assert_eq!((&*put.r#type, &*put.source), ("volume", "/other"));
    }
}

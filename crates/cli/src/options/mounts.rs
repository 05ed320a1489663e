//! Mounts: `-v source:target[:options]`, `--mount type=…`, `--tmpfs target[:options]`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, bail};
use gantry_wire::{BindOptions, Mount, TmpfsOptions, VolumeOptions};

use super::quantity;

/// What is mounted, in the four places of a request that say so.
#[derive(Debug, Default)]
pub(super) struct Mounts {
    pub(super) binds: Vec<String>,
    /// Targets of volumes without a name.
    pub(super) anonymous: BTreeSet<String>,
    /// What `--mount` asked for.
    pub(super) explicit: Vec<Mount>,
    pub(super) tmpfs: BTreeMap<String, String>,
}

pub(super) fn parse(
    volumes: &[String],
    mounts: &[String],
    tmpfs: &[String],
) -> anyhow::Result<Mounts> {
    let mut parsed = Mounts::default();
    for text in volumes {
        match text.split_once(':') {
            None => {
                parsed.anonymous.insert(text.clone());
            }
            Some((source, rest)) => {
                let source =
                    absolute_if_path(source).with_context(|| format!("--volume {text}"))?;
                parsed.binds.push(format!("{source}:{rest}"));
            }
        }
    }
    for text in mounts {
        parsed
            .explicit
            .push(mount(text).with_context(|| format!("--mount {text}"))?);
    }
    for text in tmpfs {
        let (target, options) = text.split_once(':').unwrap_or((text, ""));
        parsed.tmpfs.insert(target.to_owned(), options.to_owned());
    }
    Ok(parsed)
}

/// The engine knows no working folder of ours: `./data` becomes a whole path, a name stays one.
fn absolute_if_path(source: &str) -> anyhow::Result<String> {
    if !source.starts_with('.') {
        return Ok(source.to_owned());
    }
    let path = std::env::current_dir()?.join(Path::new(source));
    let path = path.canonicalize().unwrap_or(path);
    Ok(path.to_str().context("the path is not UTF-8")?.to_owned())
}

fn mount(text: &str) -> anyhow::Result<Mount> {
    let mut mount = Mount {
        r#type: "volume".to_owned(),
        ..Mount::default()
    };
    for field in text.split(',') {
        let (key, value) = match field.split_once('=') {
            Some((key, value)) => (key, Some(value)),
            None => (field, None),
        };
        let needed = || value.with_context(|| format!("\"{key}\" needs a value"));
        match key {
            "type" => needed()?.clone_into(&mut mount.r#type),
            "source" | "src" => mount.source = absolute_if_path(needed()?)?,
            "target" | "dst" | "destination" => needed()?.clone_into(&mut mount.target),
            "readonly" | "ro" => mount.read_only = matches!(value, None | Some("true" | "1")),
            "bind-propagation" => {
                needed()?.clone_into(&mut bind(&mut mount).propagation);
            }
            "bind-nonrecursive" => bind(&mut mount).non_recursive = value != Some("false"),
            "bind-recursive" => {
                let bind = bind(&mut mount);
                match needed()? {
                    "enabled" => {}
                    "disabled" => bind.non_recursive = true,
                    "writable" => bind.read_only_non_recursive = true,
                    "readonly" => bind.read_only_force_recursive = true,
                    other => bail!(
                        "bind-recursive is enabled, disabled, writable or readonly, not \"{other}\""
                    ),
                }
            }
            "volume-nocopy" => volume(&mut mount).no_copy = value != Some("false"),
            "volume-subpath" => needed()?.clone_into(&mut volume(&mut mount).subpath),
            "tmpfs-size" => tmpfs(&mut mount).size_bytes = quantity::bytes(needed()?)?,
            "tmpfs-mode" => {
                tmpfs(&mut mount).mode =
                    u32::from_str_radix(needed()?, 8).context("tmpfs-mode is octal")?;
            }
            other => bail!("unknown key: \"{other}\""),
        }
    }
    if mount.target.is_empty() {
        bail!("target is required");
    }
    Ok(mount)
}

fn bind(mount: &mut Mount) -> &mut BindOptions {
    mount.bind_options.get_or_insert_default()
}

fn volume(mount: &mut Mount) -> &mut VolumeOptions {
    mount.volume_options.get_or_insert_default()
}

fn tmpfs(mount: &mut Mount) -> &mut TmpfsOptions {
    mount.tmpfs_options.get_or_insert_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_folders_become_whole_and_names_stay() {
        let volumes = ["./src:/a", "data:/b:ro", "/c"].map(str::to_owned);
        let parsed = parse(&volumes, &[], &[]).unwrap();
        assert!(parsed.binds[0].starts_with('/') && parsed.binds[0].ends_with(":/a"));
        assert_eq!(parsed.binds[1], "data:/b:ro");
        assert!(parsed.anonymous.contains("/c"));
    }

    #[test]
    fn a_mount_is_read_key_by_key() {
        let read = mount("type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1770").unwrap();
        let options = read.tmpfs_options.unwrap();
        assert_eq!((options.size_bytes, options.mode), (1 << 20, 0o1770));
        assert!(mount("type=bind,src=/a,dst=/b,readonly").unwrap().read_only);
        assert!(mount("type=bind,src=/a").is_err());
        assert!(mount("dst=/a,colour=red").is_err());
    }
}

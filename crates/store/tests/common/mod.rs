//! Archives of our own making, and looking at what came of them.
#![allow(dead_code, clippy::format_push_string)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gantry_oci::{Digest, ImageId};
use gantry_store::{CancelFlag, Error, Limits, Loaded, Store};
use serde_json::{Value, json};
use tar::{Builder, EntryType, Header};

/// A store in a folder of its own.
pub struct Root {
    pub folder: tempfile::TempDir,
    pub store: Store,
}

impl Root {
    pub fn new() -> Self {
        Self::with(Limits::default())
    }

    pub fn with(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_with(&folder.path().join("root"), limits).unwrap();
        Self { folder, store }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// The same once everything that was loaded is on the disk.
    pub fn settled(self) -> Self {
        let Self { folder, store } = self;
        drop(store);
        let store = Store::open(&folder.path().join("root")).unwrap();
        Self { folder, store }
    }

    pub fn load(&self, archive: &[u8]) -> Result<Vec<Loaded>, Error> {
        self.store.load(archive, &(), &CancelFlag::new())
    }

    /// Loads one image.
    pub fn load_one(&self, archive: &[u8]) -> ImageId {
        let loaded = self.load(archive).unwrap();
        assert_eq!(loaded.len(), 1);
        loaded[0].id
    }

    /// The directory of an image's layer, counted from the lowest.
    pub fn layer(&self, id: &ImageId, number: usize) -> PathBuf {
        let image = self.store.image(id).unwrap();
        self.store.layer(&image.layers[number]).unwrap().path
    }

    /// Whether every layer of an image lies where a mount looks for it.
    pub fn has_layers(store: &Store, id: &ImageId) -> bool {
        let folders = store.lower_dirs(id).unwrap();
        folders.iter().all(|folder| folder.is_dir())
    }

    /// Waits for what is removed in the background, then asserts that nothing is left of a failed
    /// or removed operation.
    pub fn assert_clean(&self) {
        let count = |folder: &str| match fs::read_dir(self.path().join(folder)) {
            Ok(entries) => entries.count(),
            Err(_) => 0,
        };
        let debris = || (count("staging"), count("trash"));
        // The catalogue is written by way of the trash, and a busy disk takes its time over that.
        let late = Instant::now() + Duration::from_mins(2);
        let mut left = debris();
        while Instant::now() < late && left != (0, 0) {
            std::thread::sleep(Duration::from_millis(3));
            left = debris();
        }
        assert_eq!(left, (0, 0), "debris");
        let images = self.store.images().unwrap();
        if images.is_empty() {
            assert_eq!(
                (count("blobs/sha256"), count("layers"), count("l")),
                (0, 0, 0),
                "content"
            );
        }
    }
}

/// Whether this runs inside a user namespace.
pub fn is_namespace() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap();
    !map.contains("4294967295")
}

/// The tar of a layer, entry by entry.
pub struct Layer(Builder<Vec<u8>>);

pub const TIME: u64 = 1_700_000_000;

impl Layer {
    pub fn new() -> Self {
        Self(Builder::new(Vec::new()))
    }

    fn header(kind: EntryType, path: &[u8], size: u64) -> Header {
        let mut header = Header::new_ustar();
        header.set_entry_type(kind);
        header.set_mode(if kind == EntryType::Directory {
            0o755
        } else {
            0o644
        });
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(TIME);
        header.set_size(size);
        let count = path.len().min(100);
        header.as_old_mut().name[..count].copy_from_slice(&path[..count]);
        header
    }

    /// An entry of any kind; `change` may set what it likes.
    pub fn raw(
        mut self,
        kind: EntryType,
        path: &[u8],
        content: &[u8],
        change: impl FnOnce(&mut Header),
    ) -> Self {
        let mut header = Self::header(kind, path, content.len() as u64);
        change(&mut header);
        header.set_cksum();
        self.0.append(&header, content).unwrap();
        self
    }

    /// Extended records for the entry that follows.
    pub fn pax(mut self, records: &[(&str, &[u8])]) -> Self {
        self.0
            .append_pax_extensions(records.iter().copied())
            .unwrap();
        self
    }

    pub fn file(self, path: &str, content: &[u8]) -> Self {
        self.raw(EntryType::Regular, path.as_bytes(), content, |_| ())
    }

    pub fn dir(self, path: &str, mode: u32) -> Self {
        self.raw(EntryType::Directory, path.as_bytes(), b"", |header| {
            header.set_mode(mode);
        })
    }

    pub fn link(self, kind: EntryType, path: &str, target: &str) -> Self {
        self.raw(kind, path.as_bytes(), b"", |header| {
            header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
        })
    }

    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.link(EntryType::Symlink, path, target)
    }

    pub fn hardlink(self, path: &str, target: &str) -> Self {
        self.link(EntryType::Link, path, target)
    }

    pub fn done(self) -> Vec<u8> {
        self.0.into_inner().unwrap()
    }
}

/// A tar of named files, in this order.
pub fn tar_of<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    files
        .into_iter()
        .fold(Layer::new(), |tar, (path, content)| tar.file(path, content))
        .done()
}

/// The config of an image of these layers.
pub fn config(layers: &[Vec<u8>]) -> Vec<u8> {
    let diff_ids: Vec<String> = layers
        .iter()
        .map(|layer| Digest::of(layer).to_string())
        .collect();
    let history: Vec<Value> = (0..layers.len())
        .map(|at| json!({"created_by": format!("step {at}")}))
        .collect();
    let config = json!({
        "architecture": "amd64", "os": "linux", "created": "2024-01-01T00:00:00Z",
        "config": {"Cmd": ["sh"], "Healthcheck": {"Test": ["NONE"]}},
        "rootfs": {"type": "layers", "diff_ids": diff_ids}, "history": history,
    });
    serde_json::to_vec(&config).unwrap()
}

/// A docker-archive with the manifest at its end, as Docker before 25 wrote it.
pub fn docker_archive(name: &str, layers: &[Vec<u8>]) -> Vec<u8> {
    docker_archive_of(name, &config(layers), layers)
}

pub fn docker_archive_of(name: &str, config: &[u8], layers: &[Vec<u8>]) -> Vec<u8> {
    let config_path = format!("{}.json", Digest::of(config).to_hex());
    let paths: Vec<String> = (0..layers.len())
        .map(|at| format!("{at:064}/layer.tar"))
        .collect();
    let tags = if name.is_empty() {
        Value::Null
    } else {
        json!([name])
    };
    let manifest = json!([{"Config": config_path, "RepoTags": tags, "Layers": paths}]).to_string();
    let mut files: Vec<(&str, &[u8])> = paths
        .iter()
        .map(String::as_str)
        .zip(layers.iter().map(Vec::as_slice))
        .collect();
    files.push((&config_path, config));
    files.push(("manifest.json", manifest.as_bytes()));
    tar_of(files)
}

/// What lies below a folder, one line per path: type, mode, owner, size, time, link, content, and
/// extended attributes.
pub fn tree(root: &Path) -> BTreeMap<Vec<u8>, String> {
    let mut lines = BTreeMap::new();
    let mut inodes: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    walk(root, b"", &mut lines, &mut inodes);
    lines
}

fn walk(
    root: &Path,
    path: &[u8],
    lines: &mut BTreeMap<Vec<u8>, String>,
    inodes: &mut BTreeMap<u64, Vec<u8>>,
) {
    let mut names: Vec<_> = fs::read_dir(root.join(std::ffi::OsStr::from_bytes(path)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    names.sort_by_key(fs::DirEntry::file_name);
    for entry in names {
        let name = entry.file_name();
        let inner = if path.is_empty() {
            name.as_bytes().to_vec()
        } else {
            [path, b"/", name.as_bytes()].concat()
        };
        let full = entry.path();
        let metadata = fs::symlink_metadata(&full).unwrap();
        let kind = metadata.file_type();
        let mut line = format!(
            "{:o} {}:{}",
            metadata.mode(),
            metadata.uid(),
            metadata.gid()
        );
        // The time of a whiteout means nothing.
        if !kind.is_char_device() {
            line += &format!(" {}.{:09}", metadata.mtime(), metadata.mtime_nsec());
        }
        if kind.is_symlink() {
            line += &format!(" -> {}", fs::read_link(&full).unwrap().display());
        } else if kind.is_file() {
            let content = fs::read(&full).unwrap();
            line += &format!(" {} {}", content.len(), Digest::of(&content).short());
            if metadata.nlink() > 1 {
                let first = inodes
                    .entry(metadata.ino())
                    .or_insert_with(|| inner.clone());
                line += &format!(" = {}", String::from_utf8_lossy(first));
            }
        } else if kind.is_char_device() || kind.is_block_device() {
            line += &format!(" device {}", metadata.rdev());
        }
        for attribute in xattr::list(&full).unwrap() {
            let value = xattr::get(&full, &attribute).unwrap().unwrap_or_default();
            line += &format!(" {}={value:?}", attribute.to_string_lossy());
        }
        lines.insert(inner.clone(), line);
        if kind.is_dir() {
            walk(root, &inner, lines, inodes);
        }
    }
}

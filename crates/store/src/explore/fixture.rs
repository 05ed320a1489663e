//! Layers made of lines, for the tests.

use gantry_oci::DiffId;

use super::Explorer;
use crate::index::{Entry, EntryKind, IndexBuilder, Time, join};
use crate::layer::{Layer, LayerFacts};
use crate::layout::Layout;

pub type Line = (&'static str, EntryKind, u64, bool);

pub fn file(path: &'static str, size: u64) -> Line {
    (path, EntryKind::File, size, false)
}

pub fn dir(path: &'static str) -> Line {
    (path, EntryKind::Directory, 0, false)
}

pub fn opaque(path: &'static str) -> Line {
    (path, EntryKind::Directory, 0, true)
}

pub fn whiteout(path: &'static str) -> Line {
    (path, EntryKind::Whiteout, 0, false)
}

/// Layers on disk, the base first.
pub struct Stack {
    _root: tempfile::TempDir,
    layers: Vec<Layer>,
}

impl Stack {
    pub fn new(layers: &[&[Line]]) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let layout = Layout::create(root.path()).expect("a layout");
        let layers = layers.iter().enumerate();
        let layers = layers.map(|(number, lines)| layer(&layout, number, lines));
        Self {
            layers: layers.collect(),
            _root: root,
        }
    }

    /// The first layers, as an image of that many would have them.
    pub fn up_to(&self, last: usize) -> Explorer {
        Explorer::open(self.layers[..=last].to_vec()).expect("indexes")
    }
}

fn layer(layout: &Layout, number: usize, lines: &[Line]) -> Layer {
    let diff_id: DiffId = format!("sha256:{number:064x}").parse().expect("a digest");
    let mut builder = IndexBuilder::default();
    let mut implied: Vec<&str> = Vec::new();
    for (path, kind, size, opaque) in lines {
        // As unpacking does: parents that the tar does not mention are implied.
        let parents = path.match_indices('/').map(|(at, _)| &path[..at]);
        for parent in parents {
            let named = lines.iter().any(|(path, ..)| *path == parent);
            if !named && !implied.contains(&parent) {
                implied.push(parent);
                add(&mut builder, parent, EntryKind::Directory, 0, false, true);
            }
        }
        add(&mut builder, path, *kind, *size, *opaque, false);
    }
    let index = layout.layer_index(&diff_id);
    std::fs::create_dir_all(index.parent().expect("a folder")).expect("made");
    let mut bytes = Vec::new();
    let totals = builder.finish(&mut bytes).expect("sums");
    std::fs::write(index, bytes).expect("written");
    for (path, kind, size, _) in lines {
        let place = join(
            layout.layer_diff(&diff_id).as_os_str().as_encoded_bytes(),
            path.as_bytes(),
        );
        let place = std::path::PathBuf::from(String::from_utf8(place).expect("a path"));
        std::fs::create_dir_all(place.parent().expect("a folder")).expect("made");
        match kind {
            EntryKind::File => {
                std::fs::write(place, vec![b'x'; *size as usize]).expect("written");
            }
            EntryKind::Directory => std::fs::create_dir_all(place).expect("made"),
            _ => {}
        }
    }
    Layer::new(layout, LayerFacts::new(diff_id, 0, totals))
}

fn add(
    builder: &mut IndexBuilder,
    path: &str,
    kind: EntryKind,
    size: u64,
    opaque: bool,
    implicit: bool,
) {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = builder.dir(parent.as_bytes());
    let entry = Entry {
        name: name.as_bytes().to_vec(),
        kind,
        mode: 0o755,
        uid: 0,
        gid: 0,
        size,
        mtime: Time::default(),
        link: Vec::new(),
        device: (0, 0),
        opaque,
        implicit,
        withheld: false,
    };
    builder.add(parent, &entry, None);
}

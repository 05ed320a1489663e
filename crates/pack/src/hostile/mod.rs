//! Archives that no honest tool writes, by name, each with what should come of it.
//!
//! The table is the same for everything that reads archives: load from a stream, load from a file,
//! import. Whoever runs it checks, besides the outcome, that nothing was written outside, nothing
//! was left behind and little memory was used.

mod archives;
mod documents;
mod headers;
mod links;
mod oci;
mod raw;
mod sparse;
mod specials;
mod trees;

use serde_json::json;

pub use raw::Raw;

use crate::sha256;

/// One archive.
pub struct Case {
    /// `group: what is wrong`.
    pub name: String,
    pub form: Form,
    pub bytes: Vec<u8>,
    pub expect: Expect,
}

/// What the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The tar of a layer, or of a root file system to import.
    Layer,
    /// A whole image archive.
    Archive,
}

/// What should come of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Refused with one of these error codes.
    Refused(&'static [&'static str]),
    /// Taken: odd, and still right.
    Taken,
    /// Whether it is taken depends on the file system, the user namespace or the tool; all that
    /// counts is that it does no harm.
    Harmless,
}

/// The bounds that the bombs of the table are made for: large enough for every other case.
pub mod bounds {
    /// A stream may grow to this many bytes in any case…
    pub const INFLATED: u64 = 16 << 20;
    /// …and beyond that by this factor.
    pub const RATIO: u64 = 100;
    /// Bytes of one document.
    pub const DOCUMENT: u64 = 1 << 20;
    /// Bytes of all documents.
    pub const DOCUMENTS: u64 = 4 << 20;
    /// Entries of a layer.
    pub const ENTRIES: u64 = 20_000;
    /// Bytes of the names of a layer.
    pub const NAMES: u64 = 16 << 20;
    /// Bytes of a file.
    pub const FILE: u64 = 1 << 40;
    /// Layers of an archive.
    pub const LAYERS: u64 = 600;
}

const REFUSED: Expect = Expect::Refused(&["archive-refused"]);
const INVALID: Expect = Expect::Refused(&["archive-invalid"]);
const LARGE: Expect = Expect::Refused(&["archive-too-large"]);
const CUT: Expect = Expect::Refused(&["archive-truncated"]);
const CUT_OR_INVALID: Expect = Expect::Refused(&["archive-truncated", "archive-invalid"]);
/// A document that is none, or that describes nothing.
const WRONG_DOCUMENT: Expect =
    Expect::Refused(&["archive-invalid", "not-an-image", "invalid-name"]);

/// All cases.
pub fn cases() -> Vec<Case> {
    let mut table = Table::default();
    trees::add(&mut table);
    links::add(&mut table);
    specials::add(&mut table);
    headers::add(&mut table);
    sparse::add(&mut table);
    archives::add(&mut table);
    documents::add(&mut table);
    oci::add(&mut table);
    table.0
}

#[derive(Default)]
struct Table(Vec<Case>);

impl Table {
    fn layer(&mut self, name: impl Into<String>, expect: Expect, tar: Raw) {
        self.layer_bytes(name, expect, tar.end());
    }

    fn layer_bytes(&mut self, name: impl Into<String>, expect: Expect, bytes: Vec<u8>) {
        let (name, form) = (name.into(), Form::Layer);
        self.0.push(Case {
            name,
            form,
            bytes,
            expect,
        });
    }

    fn archive(&mut self, name: impl Into<String>, expect: Expect, bytes: Vec<u8>) {
        let (name, form) = (name.into(), Form::Archive);
        self.0.push(Case {
            name,
            form,
            bytes,
            expect,
        });
    }
}

/// A layer of one file.
fn small_layer() -> Vec<u8> {
    Raw::new().file("a", b"a").end()
}

/// The config of an image of these layers, given as uncompressed tars.
fn config(layers: &[&[u8]]) -> Vec<u8> {
    let ids: Vec<String> = layers
        .iter()
        .map(|layer| format!("sha256:{}", sha256(layer)))
        .collect();
    json!({
        "architecture": "amd64", "os": "linux", "config": {"Cmd": ["sh"]},
        "rootfs": {"type": "layers", "diff_ids": ids},
    })
    .to_string()
    .into_bytes()
}

/// A docker-archive around one layer; `stored` is what the archive holds of it.
pub fn around(layer: &[u8], stored: &[u8]) -> Vec<u8> {
    let manifest =
        json!([{"Config": "c.json", "RepoTags": ["hostile:1"], "Layers": ["l/layer.tar"]}]);
    Raw::new()
        .file("l/layer.tar", stored)
        .file("c.json", &config(&[layer]))
        .file("manifest.json", manifest.to_string().as_bytes())
        .end()
}

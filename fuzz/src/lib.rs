//! What reads foreign bytes: one function per parser, which may refuse but must not panic, hang or
//! take memory that its input does not account for.
//!
//! The fuzz targets call these functions, and so does `tests/corpus.rs` with every file below
//! `corpus/`: what a fuzzer found stays found, on any compiler.
#![forbid(unsafe_code)]
#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "a property that does not hold is what a fuzzer looks for"
)]

use std::fs;

use gantry_oci::{
    Digest, DockerManifest, ImageConfig, Index, Manifest, Platform, Reference, Repositories,
};

/// The names of all targets.
pub const TARGETS: [&str; 5] = ["tar", "manifest", "config", "reference", "log"];

/// Runs a target by its name.
pub fn run(target: &str, bytes: &[u8]) {
    match target {
        "tar" => tar(bytes),
        "manifest" => manifest(bytes),
        "config" => config(bytes),
        "reference" => reference(bytes),
        "log" => log(bytes),
        _ => panic!("no target {target}"),
    }
}

/// The members of a tar with all their extensions.
pub fn tar(bytes: &[u8]) {
    let read = gantry_store::fuzz::tar(bytes);
    assert!(read <= bytes.len() as u64, "more was read than there is");
}

/// All documents that lead from an archive to its images.
pub fn manifest(bytes: &[u8]) {
    round_trip::<Manifest>(bytes);
    round_trip::<Index>(bytes);
    round_trip::<Vec<DockerManifest>>(bytes);
    round_trip::<Repositories>(bytes);
}

/// An image's config.
pub fn config(bytes: &[u8]) {
    round_trip::<ImageConfig>(bytes);
    if let Ok(config) = serde_json::from_slice::<ImageConfig>(bytes) {
        let _ = config.platform().normalised();
    }
}

/// Names, digests and platforms as users and archives write them.
pub fn reference(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(name) = text.parse::<Reference>() {
        let again: Result<Reference, _> = name.to_string().parse();
        assert_eq!(again.as_ref(), Ok(&name), "{text:?}");
        let familiar: Result<Reference, _> = name.familiar().parse();
        assert_eq!(
            familiar.map(Reference::or_latest),
            Ok(name.or_latest()),
            "{text:?}"
        );
    }
    if let Ok(digest) = text.parse::<Digest>() {
        assert_eq!(digest.to_string().parse(), Ok(digest));
    }
    let _ = Platform::parse(text);
}

/// A log file and its index: the first two bytes say how much of the rest is the log.
pub fn log(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
    let (log, index) = rest.split_at(length);
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("log.0"), log).expect("a log");
    fs::write(folder.path().join("index.0"), index).expect("an index");
    let Ok(mut reader) = gantry_log::Reader::open(folder.path()) else {
        return;
    };
    let mut entries = 0;
    while let Ok(Some(_)) = reader.next_entry() {
        entries += 1;
        assert!(entries <= log.len(), "entries without end");
    }
    let _ = reader.tail(10);
    let _ = reader.range(3, 10);
    let _ = reader.seek_since(1_700_000_000_000_000_000);
    let _ = reader.next_entry();
}

/// What was parsed and written is parsed to the same again.
fn round_trip<T>(bytes: &[u8])
where
    T: serde::de::DeserializeOwned + serde::Serialize + PartialEq + std::fmt::Debug,
{
    let Ok(value) = serde_json::from_slice::<T>(bytes) else {
        return;
    };
    let written = serde_json::to_vec(&value).expect("what was parsed can be written");
    let again: T = serde_json::from_slice(&written).expect("what was written can be parsed");
    assert_eq!(again, value);
}

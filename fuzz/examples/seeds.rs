//! Writes the corpus that fuzzing starts from: the small ones of the hostile archives, and a log.
//! Files that are there stay: `cargo run --package gantry-fuzz --example seeds`.
#![allow(clippy::expect_used, reason = "a tool for the people who fuzz")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gantry_log::{Rotation, Stream, Writer};
use gantry_pack::hostile::{Case, Form, cases};
use gantry_pack::sha256;

/// Larger ones slow a fuzzer down.
const SMALL: usize = 3072;
const OF_A_KIND: usize = 3;

fn main() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let write = |target: &str, bytes: &[u8]| {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder).expect("a folder");
        let path: PathBuf = folder.join(&sha256(bytes)[..16]);
        if !path.exists() {
            fs::write(path, bytes).expect("a seed");
        }
    };
    // A few of each kind: a fuzzer finds the neighbours itself.
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases() {
        let kind = case.name.split([':', ' ']).next().unwrap_or_default();
        let seen = kinds.entry(kind.to_owned()).or_default();
        *seen += 1;
        if *seen > OF_A_KIND {
            continue;
        }
        if case.form == Form::Layer && case.bytes.len() <= SMALL {
            write("tar", &case.bytes);
        }
        for document in documents(&case) {
            write("manifest", document);
            write("config", document);
        }
    }
    for name in [
        "busybox",
        "a/b:1",
        "localhost:5000/a/b/c:tag",
        "UPPER/case:1",
        "a@sha256:0",
        "",
        ":",
        "a:b:c",
        "한국/어",
        "docker.io/library/x:latest",
        "[::1]:5000/x",
        "a--b__c.d/e:_x.-",
        "linux/arm64/v8",
        "../x",
    ] {
        write("reference", name.as_bytes());
    }
    let digest = format!("x@sha256:{}", "0a".repeat(32));
    write("reference", digest.as_bytes());
    let folder = tempfile::tempdir().expect("a folder");
    let mut log = Writer::open(folder.path(), Rotation::default()).expect("a log");
    for line in 0..50_u64 {
        let bytes = format!("line {line}\n{}", "x".repeat(line as usize));
        let stream = if line % 3 == 0 {
            Stream::Stderr
        } else {
            Stream::Stdout
        };
        log.write(stream, 1_700_000_000_000_000_000 + line, bytes.as_bytes())
            .expect("a line");
    }
    log.flush().expect("a log");
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap_or_default();
    let (log, index) = (read("log.0"), read("index.0"));
    let length = u16::try_from(log.len()).unwrap_or(u16::MAX).to_le_bytes();
    write("log", &[&length[..], &log, &index].concat());
    write(
        "log",
        &[&length[..], &log[..log.len() / 2], &index].concat(),
    );
}

/// The JSON documents of an archive: what follows a header whose name ends in `.json`.
fn documents(case: &Case) -> Vec<&[u8]> {
    let blocks = case.bytes.chunks(512).enumerate();
    let headers = blocks.filter(|(_, block)| {
        let name = block.split(|&byte| byte == 0).next().unwrap_or_default();
        case.form == Form::Archive && name.ends_with(b".json") && block.len() == 512
    });
    headers
        .filter_map(|(at, block)| {
            let size = std::str::from_utf8(&block[124..135]).ok()?;
            let size = usize::from_str_radix(size, 8).ok()?;
            let start = (at + 1) * 512;
            case.bytes
                .get(start..start + size)
                .filter(|_| size <= SMALL)
        })
        .collect()
}

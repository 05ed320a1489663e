//! The table of hostile archives through everything that reads archives: as root, inside a user
//! namespace, on a small disk and in little memory.
//!
//! Each run is a process of its own: what it used of memory is known at its end, and what it may
//! use of the disk is a file system of its own.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::Root;
use gantry_pack::hostile::{Case, Expect, Form, around, bounds, cases};
use gantry_store::{
    CancelFlag, Error, Extraction, FilesRoot, ImportRequest, Limits, Loaded, Replace, TakeOwner,
    remove_tree,
};

/// Set in the process that runs the table.
const INSIDE: &str = "GANTRY_HOSTILE_TABLE";
/// Bytes of the file system that a run may fill.
const DISK: &str = "size=512m";
/// Kilobytes of memory that a run may use at its peak, the table's own archives included.
const MEMORY: u64 = 1_200_000;
const SLOW: Duration = Duration::from_mins(1);

fn limits() -> Limits {
    Limits {
        inflated_base: bounds::INFLATED,
        inflated_ratio: bounds::RATIO,
        document: bounds::DOCUMENT,
        documents: bounds::DOCUMENTS,
        entries: bounds::ENTRIES,
        names: bounds::NAMES,
        file: bounds::FILE,
        layers: bounds::LAYERS,
        reserve: 16 << 20,
    }
}

#[test]
fn as_root() {
    in_a_process("as_root", UserNamespace::Same);
}

#[test]
fn inside_a_user_namespace() {
    in_a_process("inside_a_user_namespace", UserNamespace::New);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum UserNamespace {
    Same,
    New,
}

/// Runs the table in a process of its own, with a small disk.
fn in_a_process(test: &str, namespace: UserNamespace) {
    if let Some(disk) = std::env::var_os(INSIDE) {
        return run(Path::new(&disk));
    }
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: needs root to make a user namespace and a small disk");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // The user namespace must reach it.
    rustix::fs::chmod(folder.path(), rustix::fs::Mode::from_raw_mode(0o755)).unwrap();
    let root =
        "exec setpriv --reuid 0 --regid 0 --clear-groups unshare --mount sh -c \"$0\" \"$@\"";
    let table = "mount -t tmpfs -o \"$0\" tmpfs \"$1\" && shift && exec \"$@\"";
    let mut command = Command::new("unshare");
    match namespace {
        UserNamespace::Same => command.args(["--mount", "sh", "-c"]),
        // The maps are written from outside, and the process waits for them.
        UserNamespace::New => command
            .args(["--user", "--keep-caps", "sh", "-c"])
            .arg(format!("read _; {root}")),
    };
    let mut child = command
        .args([table, DISK])
        .arg(folder.path())
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, folder.path())
        .env("TMPDIR", folder.path())
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    if namespace == UserNamespace::New {
        map_ids(child.id());
    }
    drop(child.stdin.take().map(|mut input| input.write_all(b"\n")));
    let status = child.wait().unwrap();
    assert!(status.success(), "{status}");
}

/// Gives the user namespace of a process, once it has one, 65536 ids.
fn map_ids(pid: u32) {
    let own = fs::read_link("/proc/self/ns/user").unwrap();
    while fs::read_link(format!("/proc/{pid}/ns/user")).is_ok_and(|found| found == own) {
        std::thread::sleep(Duration::from_millis(5));
    }
    for map in ["uid_map", "gid_map"] {
        fs::write(format!("/proc/{pid}/{map}"), "0 100000 65536").unwrap();
    }
}

fn run(disk: &Path) {
    fs::write(disk.join("victim"), b"safe").unwrap();
    let cases = cases();
    let mut names: Vec<_> = cases.iter().map(|case| &case.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), cases.len(), "two cases have the same name");
    let (mut wrong, mut times) = (Vec::new(), Vec::new());
    let root = Root::with(limits());
    for case in &cases {
        let start = Instant::now();
        // Where the archive comes from has nothing to do with who reads it: once is enough.
        let ways = ways(case)
            .into_iter()
            .skip(usize::from(common::is_namespace()));
        for way in ways {
            if let Err(why) = try_case(&root, case, &way) {
                wrong.push(format!("{} ({}): {why}", case.name, way.name));
            }
        }
        times.push((start.elapsed(), &case.name));
    }
    assert_eq!(fs::read(disk.join("victim")).unwrap(), b"safe");
    let peak = peak_memory();
    times.sort();
    let slowest = &times[times.len() - 12..];
    eprintln!(
        "{} cases, slowest {slowest:?}, {peak} kB at most",
        cases.len()
    );
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(slowest.iter().all(|(time, _)| *time < SLOW), "{slowest:?}");
    assert!(peak < MEMORY, "{peak} kB");
}

/// One way into the store.
struct Way {
    name: &'static str,
    bytes: Vec<u8>,
    load: fn(&Root, &[u8]) -> Result<Vec<Loaded>, Error>,
    /// What should come of it this way, where that is not what the case says.
    expect: Option<Expect>,
}

fn ways(case: &Case) -> Vec<Way> {
    let bytes = match case.form {
        Form::Archive => case.bytes.clone(),
        Form::Layer => around(&case.bytes, &case.bytes),
    };
    let path = Way {
        name: "path",
        bytes: bytes.clone(),
        load: |root, bytes| {
            let file = root.folder.path().join("archive");
            fs::write(&file, bytes).unwrap();
            let loaded = root.store.load_path(&file, &(), &CancelFlag::new());
            fs::remove_file(file).unwrap();
            loaded
        },
        expect: None,
    };
    let stream = Way {
        name: "stream",
        bytes,
        load: |root, bytes| root.load(bytes),
        expect: None,
    };
    let import = Way {
        name: "import",
        bytes: case.bytes.clone(),
        load: |root, bytes| {
            let request = ImportRequest::default();
            let loaded = root.store.import(bytes, &request, &(), &CancelFlag::new());
            loaded.map(|loaded| vec![loaded])
        },
        expect: None,
    };
    let copy = Way {
        name: "copy",
        bytes: case.bytes.clone(),
        load: |root, bytes| {
            let copied = copy_into_a_root(&root.folder.path().join("container"), bytes);
            copied.map(|()| Vec::new())
        },
        // Marks of layers are names like any other, and links are followed inside the root.
        expect: Some(Expect::Harmless),
    };
    match case.form {
        Form::Archive => vec![path, stream],
        Form::Layer => vec![path, stream, import, copy],
    }
}

/// As `cp` does: into a folder of a container's root.
fn copy_into_a_root(root: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::create_dir_all(root.join("srv")).unwrap();
    let open = fs::File::open(root).unwrap();
    let files = FilesRoot::new(open.into(), limits());
    let how = Extraction {
        owner: TakeOwner::Archive,
        replace: Replace::SameKind,
        rename: None,
    };
    let copied = files.extract("/srv", bytes, &how, &(), &CancelFlag::new());
    remove_tree(root).unwrap();
    copied
}

fn try_case(root: &Root, case: &Case, way: &Way) -> Result<(), String> {
    let result = (way.load)(root, &way.bytes);
    let outcome = check_outcome(&result, way.expect.unwrap_or(case.expect));
    let taken = result.unwrap_or_default();
    let indexes = taken.iter().try_for_each(|image| check_index(root, image));
    for image in taken {
        let options = gantry_store::RemoveOptions {
            force: true,
            ..Default::default()
        };
        let _ = root.store.remove(&image.id.to_string(), options);
    }
    outcome.and(indexes)?;
    check_clean(root)
}

/// Whether what came of an archive is what should have come of it.
fn check_outcome(result: &Result<Vec<Loaded>, Error>, expect: Expect) -> Result<(), String> {
    let code = result.as_ref().map(|_| ()).map_err(Error::code);
    match (result, expect) {
        (Ok(_), Expect::Refused(codes)) => return Err(format!("taken, not refused as {codes:?}")),
        (Err(error), Expect::Taken) => return Err(format!("refused: {error}")),
        (Err(error), Expect::Refused(codes)) if !codes.contains(&error.code()) => {
            return Err(format!("refused as {code:?} and not {codes:?}: {error}"));
        }
        (Err(error), _) if matches!(error.code(), "io" | "cancelled" | "store-damaged") => {
            return Err(format!("refused without a reason: {error}"));
        }
        _ => {}
    }
    let text = result
        .as_ref()
        .err()
        .map(ToString::to_string)
        .unwrap_or_default();
    if text.len() > 1000 {
        return Err(format!("a message of {} bytes", text.len()));
    }
    Ok(())
}

/// Nothing outside, nothing left.
fn check_clean(root: &Root) -> Result<(), String> {
    for outside in [
        "/pwned",
        "/pwned-absolute",
        "/etc/pwned",
        "/proc/self/root/pwned",
    ] {
        if fs::symlink_metadata(outside).is_ok() {
            return Err(format!("{outside} was written"));
        }
    }
    root.assert_clean();
    let left: Vec<_> = fs::read_dir(root.folder.path()).unwrap().collect();
    if left.len() != 1 {
        return Err(format!("left behind: {left:?}"));
    }
    if !root
        .store
        .images()
        .map_err(|error| error.to_string())?
        .is_empty()
    {
        return Err("an image stayed".to_owned());
    }
    Ok(())
}

/// The index of each layer says what lies on the disk.
fn check_index(root: &Root, image: &Loaded) -> Result<(), String> {
    for layer in &image.layers {
        let layer = root
            .store
            .layer(&layer.diff_id)
            .map_err(|error| error.to_string())?;
        let index = layer.entries().map_err(|error| error.to_string())?;
        let mut missing = None;
        let each = index.for_each(|dir, entry| {
            use std::os::unix::ffi::OsStrExt;
            let path = [dir, b"/", &entry.name].concat();
            let path = std::ffi::OsStr::from_bytes(path.strip_prefix(b"/").unwrap_or(&path));
            let there = path.len() > 3000 || fs::symlink_metadata(layer.path.join(path)).is_ok();
            if !there && !entry.withheld {
                missing = Some(path.to_owned());
            }
        });
        each.map_err(|error| error.to_string())?;
        if let Some(path) = missing {
            return Err(format!("{} is in the index only", path.display()));
        }
    }
    Ok(())
}

/// The largest resident memory of this process so far, in kilobytes.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_ascii_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap()
}

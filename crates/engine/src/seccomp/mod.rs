//! Which system calls a container may make.
//!
//! A [`Profile`] is a policy in Docker's own JSON format, so that the default and a file given with
//! `--security-opt seccomp=FILE` go the same way: the rules that hold for a set of capabilities, an
//! architecture and a kernel are chosen, compiled by libseccomp, and kept as a file of BPF
//! instructions that the shim loads as it is. Compiling takes milliseconds, so it happens once for
//! each combination and never on the way of a later start.

mod compile;
mod profile;
mod unknown;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use gantry_file::Durability;
use gantry_oci::Digest;
use libseccomp::ScmpVersion;

pub use profile::Profile;

/// Part of every cache key: raise it when the same profile compiles to another program.
const FORMAT: u32 = 2;

/// Why there is no filter. Fail closed: a container never starts without the one it should have.
#[derive(Debug, thiserror::Error)]
pub enum SeccompError {
    /// The profile is not what Docker's format allows.
    #[error("the seccomp profile is not valid: {0}")]
    Profile(String),
    /// libseccomp refused a rule or the whole program.
    #[error("the seccomp profile could not be compiled: {0}")]
    Compile(#[from] libseccomp::error::SeccompError),
    /// The compiled filter could not be read back from libseccomp.
    #[error("the compiled seccomp filter could not be read: {0}")]
    Export(io::Error),
    /// The compiled filter could not be kept.
    #[error("the compiled seccomp filter could not be stored in {path}: {source}")]
    Store { path: PathBuf, source: io::Error },
}

/// The file that holds `profile` compiled for a process with these capabilities (`CAP_…` names).
///
/// The file is made at the first call and reused by every later one. It is an array of
/// `struct sock_filter` in native byte order, as `seccomp(2)` takes it.
pub fn compiled(
    cache: &Path,
    profile: &Profile,
    capabilities: &BTreeSet<String>,
) -> Result<PathBuf, SeccompError> {
    let kernel = rustix::system::uname()
        .release()
        .to_string_lossy()
        .into_owned();
    // A later one knows more calls.
    let library = ScmpVersion::current()?;
    let capabilities: Vec<&str> = capabilities.iter().map(String::as_str).collect();
    let key = Digest::of(
        format!(
            "{FORMAT}\n{kernel}\n{library}\n{}\n{}",
            capabilities.join(","),
            profile.source()
        )
        .as_bytes(),
    );
    let path = cache.join(format!("{}.bpf", &key.to_hex()[..32]));
    if path.exists() {
        return Ok(path);
    }
    let rules = profile.rules_for(&capabilities, profile::native_architecture(), &kernel);
    let program = compile::compile(profile, &rules)?;
    keep(cache, &path, &program).map_err(|source| SeccompError::Store {
        path: path.clone(),
        source,
    })?;
    Ok(path)
}

/// Whoever finds the file takes it for whole, so it is on the disk before it is there. Containers
/// that start at the same time write one each, and the last stays.
fn keep(cache: &Path, path: &Path, program: &[u8]) -> io::Result<()> {
    fs::create_dir_all(cache)?;
    gantry_file::replace(path, program, Durability::Durable).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default_capabilities() -> BTreeSet<String> {
        ["CAP_CHOWN", "CAP_KILL", "CAP_SYS_CHROOT"]
            .map(String::from)
            .into()
    }

    #[test]
    fn the_default_profile_compiles_once_and_is_reused() {
        let cache = tempfile::tempdir().unwrap();
        let profile = Profile::docker_default();
        let first = compiled(cache.path(), &profile, &default_capabilities()).unwrap();
        let made = fs::metadata(&first).unwrap();
        assert!(made.len() > 1000 && made.len().is_multiple_of(8));
        let again = compiled(cache.path(), &profile, &default_capabilities()).unwrap();
        assert_eq!(first, again);
        assert_eq!(
            made.modified().unwrap(),
            fs::metadata(&again).unwrap().modified().unwrap()
        );
    }

    #[test]
    fn containers_that_start_together_each_have_a_whole_filter() {
        let cache = tempfile::tempdir().unwrap();
        let profile = Profile::docker_default();
        let filter = || compiled(cache.path(), &profile, &default_capabilities()).unwrap();
        let lengths: Vec<u64> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| fs::metadata(filter()).unwrap().len()))
                .collect();
            starts.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(lengths.iter().all(|length| *length == lengths[0]));
        assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_rule_may_compare_one_argument_with_several_values() {
        let cache = tempfile::tempdir().unwrap();
        let compare = |value| format!(r#"{{"index":0,"value":{value},"op":"SCMP_CMP_EQ"}}"#);
        let text = format!(
            r#"{{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{{"names":["personality"],
                "action":"SCMP_ACT_ERRNO","args":[{},{}]}}]}}"#,
            compare(1),
            compare(2)
        );
        let profile = Profile::parse(&text).unwrap();
        compiled(cache.path(), &profile, &default_capabilities()).unwrap();
    }

    #[test]
    fn more_capabilities_make_another_filter() {
        let cache = tempfile::tempdir().unwrap();
        let profile = Profile::docker_default();
        let mut more = default_capabilities();
        more.insert("CAP_SYS_ADMIN".into());
        assert_ne!(
            compiled(cache.path(), &profile, &default_capabilities()).unwrap(),
            compiled(cache.path(), &profile, &more).unwrap()
        );
    }
}

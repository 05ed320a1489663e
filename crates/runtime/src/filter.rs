//! The seccomp filter: compiled by the engine, read here, loaded as it is
//! (Documentation/userspace-api/seccomp_filter.rst).

use std::fs;
use std::path::Path;

use crate::failure::{During, FailureKind, StartFailure, Step};
use crate::sys;

/// `BPF_MAXINSNS` of `linux/bpf_common.h`.
const MAX_INSTRUCTIONS: usize = 4096;

/// A filter ready to be loaded.
#[derive(Debug)]
pub struct Filter(Vec<libc::sock_filter>);

impl Filter {
    /// Reads an array of `struct sock_filter` in native byte order.
    pub fn read(path: &Path) -> Result<Self, StartFailure> {
        let bytes = fs::read(path).during(Step::Seccomp, || path.display().to_string())?;
        let (instructions, rest) = bytes.as_chunks::<8>();
        if !rest.is_empty() || instructions.is_empty() || instructions.len() > MAX_INSTRUCTIONS {
            let detail = format!("{}: not a compiled filter", path.display());
            return Err(StartFailure::new(
                FailureKind::InvalidBundle,
                Step::Seccomp,
                detail,
            ));
        }
        let filter = instructions
            .iter()
            .map(|&[a, b, jt, jf, k @ ..]| libc::sock_filter {
                code: u16::from_ne_bytes([a, b]),
                jt,
                jf,
                k: u32::from_ne_bytes(k),
            });
        Ok(Self(filter.collect()))
    }

    pub fn load(&self) -> Result<(), StartFailure> {
        sys::load_filter(&self.0).during(Step::Seccomp, || "load")
    }
}

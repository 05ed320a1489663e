//! How many files the engine may have open: several for each running container.

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit, setrlimit};

/// The limit that this process was started with.
#[derive(Debug, Clone)]
pub(crate) struct Descriptors(Rlimit);

impl Descriptors {
    /// Takes as many as this process may have.
    pub(super) fn raise() -> Self {
        let before = getrlimit(Resource::Nofile);
        let raised = Rlimit {
            current: before.maximum,
            maximum: before.maximum,
        };
        // It stays as it is otherwise.
        let _ = setrlimit(Resource::Nofile, raised);
        Self(before)
    }

    /// Gives a supervisor that was just started, and so its container, the limit that it would have
    /// had: programs that use `select` break with more.
    pub(crate) fn give_back(&self, child: &std::process::Child) {
        let pid = Pid::from_raw(child.id().cast_signed());
        if let Some(pid) = pid
            && let Err(error) = prlimit(Some(pid), Resource::Nofile, self.0)
        {
            tracing::warn!(%error, "the limit of open files could not be set");
        }
    }
}

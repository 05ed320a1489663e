//! What a client adds to a call: the query strings that both ends know.

/// How a container is stopped.
#[derive(Debug, Clone, Default)]
pub struct StopOptions {
    /// A name or a number; the container's own stop signal otherwise.
    pub signal: Option<String>,
    /// Seconds until SIGKILL; negative waits for ever; the container's own time otherwise.
    pub timeout: Option<i64>,
}

/// When a wait ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WaitCondition {
    /// As soon as it does not run: at once for a stopped container.
    #[default]
    NotRunning,
    /// At the next end, even if it does not run now.
    NextExit,
    /// When it is gone.
    Removed,
}

impl WaitCondition {
    /// As the query spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotRunning => "not-running",
            Self::NextExit => "next-exit",
            Self::Removed => "removed",
        }
    }

    /// The condition of that name; none is the default.
    pub fn named(name: &str) -> Option<Self> {
        if name.is_empty() {
            return Some(Self::default());
        }
        [Self::NotRunning, Self::NextExit, Self::Removed]
            .into_iter()
            .find(|condition| condition.name() == name)
    }
}

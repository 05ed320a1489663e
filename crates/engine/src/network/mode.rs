//! What a container's network mode means.

/// `--network` of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode<'a> {
    /// The host's own network.
    Host,
    /// A loopback interface and nothing else.
    None,
    /// Another container's, by its id or name.
    Container(&'a str),
    /// One of the engine's networks, by its name or id.
    Network(&'a str),
}

impl<'a> Mode<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        match text {
            "host" => Self::Host,
            "none" => Self::None,
            "" | "default" => Self::Network(super::DEFAULT),
            other => match other.strip_prefix("container:") {
                Some(container) => Self::Container(container),
                None => Self::Network(other),
            },
        }
    }

    /// Whether the container has a network namespace of its own.
    pub(crate) fn is_own(self) -> bool {
        matches!(self, Self::None | Self::Network(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_told_apart() {
        assert_eq!(Mode::of("default"), Mode::Network("bridge"));
        assert_eq!(Mode::of("host"), Mode::Host);
        assert_eq!(Mode::of("container:web"), Mode::Container("web"));
        assert!(Mode::of("none").is_own() && !Mode::of("host").is_own());
    }
}

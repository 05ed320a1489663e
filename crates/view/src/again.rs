//! A container once more, with changes.

use serde::{Deserialize, Serialize};

use crate::{RunContainer, call::call};

/// Reads what the run dialog begins with for a container like this one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DraftAgain {
    pub id: String,
}
call!(DraftAgain, "draft_again", Again);

/// A container as the run dialog can show it, and the rest of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// With a name that is free. [`RunContainer::like`] names the container that it was read from.
    pub request: RunContainer,
    /// What the dialog has no field for and the new container gets as well, as words of
    /// `docker run`.
    pub carried: Vec<String>,
    /// What two containers cannot both have, and the new one therefore does not get: fixed
    /// addresses.
    pub left_out: Vec<String>,
    /// Bytes that the container has written over its image; `None` when that is not measured yet.
    pub changed_bytes: Option<u64>,
}

/// The container that a new one is to be like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Like {
    pub id: String,
    pub keep: Keep,
}

/// Which files the new container begins with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// Those of the image.
    #[default]
    Image,
    /// Those of the container as they are now: an image without a name is made of them first.
    Changes,
}

/// When a container is started again by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RestartPolicy {
    #[default]
    No,
    /// When it ended with another code than 0, so many times at most; 0 is without end.
    OnFailure(u32),
    Always,
    UnlessStopped,
}

impl RestartPolicy {
    /// As Docker writes it behind `--restart`.
    pub fn word(self) -> String {
        match self {
            Self::No => "no".to_owned(),
            Self::OnFailure(0) => "on-failure".to_owned(),
            Self::OnFailure(times) => format!("on-failure:{times}"),
            Self::Always => "always".to_owned(),
            Self::UnlessStopped => "unless-stopped".to_owned(),
        }
    }
}

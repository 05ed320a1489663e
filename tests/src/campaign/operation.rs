//! What a client asks for.

use rand::{Rng, RngExt};

use super::world::{Status, World};
use super::{IMAGES, archive_name, chance, pick};
use crate::Engine;

/// Containers beyond this number are removed before more are made.
const CONTAINERS: usize = 5;

/// One call of the docker CLI; names are those of the [`World`].
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    Load(usize),
    Pull(String),
    Tag {
        image: String,
        name: String,
    },
    Untag(String),
    Create {
        name: String,
        image: String,
        ends: bool,
    },
    Start(String),
    Stop(String),
    Kill(String),
    Pause(String),
    Unpause(String),
    Remove(String),
    Commit {
        container: String,
        image: String,
    },
    Save(String),
}

/// Counts for as long as it runs.
const COUNTS: &str = "i=0; while :; do i=$((i+1)); echo $i; echo $i >> /counted; usleep 2000; done";
/// Counts to 40 and ends with code 7.
const ENDS: &str = "i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo $i; done; exit 7";

impl Operation {
    /// One that makes sense in this world.
    pub fn choose(world: &World, rng: &mut impl Rng) -> Self {
        for _ in 0..20 {
            if let Some(operation) = Self::try_choose(world, rng) {
                return operation;
            }
        }
        Self::Load(rng.random_range(0..IMAGES))
    }

    fn try_choose(world: &World, rng: &mut impl Rng) -> Option<Self> {
        let number = world.fresh();
        let images = world.images();
        let in_state = |wanted: &[Status]| world.containers(wanted);
        Some(match rng.random_range(0..16) {
            0 | 1 => Self::Load(rng.random_range(0..IMAGES)),
            2 => Self::Tag {
                image: pick(&images, rng)?.clone(),
                name: format!("tagged-{number}:latest"),
            },
            3 => {
                // busybox stays: there is always something to run.
                let others: Vec<_> = images
                    .into_iter()
                    .filter(|name| name != "busybox:latest")
                    .collect();
                Self::Untag(pick(&others, rng)?.clone())
            }
            4 | 5 if world.containers(&Status::ALL).len() < CONTAINERS => Self::Create {
                name: format!("box-{number}"),
                image: pick(&images, rng)?.clone(),
                ends: chance(40, rng),
            },
            6 | 7 => Self::Start(pick(&in_state(&[Status::Created, Status::Exited]), rng)?.clone()),
            8 => Self::Stop(pick(&in_state(&[Status::Running]), rng)?.clone()),
            9 => Self::Kill(pick(&in_state(&[Status::Running]), rng)?.clone()),
            10 if chance(50, rng) => {
                Self::Unpause(pick(&in_state(&[Status::Paused]), rng)?.clone())
            }
            10 => Self::Pause(pick(&in_state(&[Status::Running]), rng)?.clone()),
            11 => Self::Remove(pick(&in_state(&Status::ALL), rng)?.clone()),
            12 => Self::Commit {
                container: pick(&in_state(&Status::ALL), rng)?.clone(),
                image: format!("committed-{number}:latest"),
            },
            13 => Self::Save(pick(&images, rng)?.clone()),
            14 | 15 => Self::Pull(pick(world.pullable(), rng)?.clone()),
            _ => return None,
        })
    }

    /// The arguments for the docker CLI.
    pub fn words(&self, engine: &Engine) -> Vec<String> {
        let path = |name: &str| engine.file(name).display().to_string();
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match self {
            Self::Load(number) => words(&["load", "--input", &path(&archive_name(*number))]),
            Self::Pull(name) => words(&["pull", name]),
            Self::Tag { image, name } => words(&["tag", image, name]),
            Self::Untag(name) => words(&["rmi", "--force", name]),
            Self::Create { name, image, ends } => {
                let script = if *ends { ENDS } else { COUNTS };
                words(&["create", "--name", name, image, "sh", "-c", script])
            }
            Self::Start(name) => words(&["start", name]),
            Self::Stop(name) => words(&["stop", "--time", "1", name]),
            Self::Kill(name) => words(&["kill", name]),
            Self::Pause(name) => words(&["pause", name]),
            Self::Unpause(name) => words(&["unpause", name]),
            Self::Remove(name) => words(&["rm", "--force", name]),
            Self::Commit { container, image } => words(&["commit", container, image]),
            Self::Save(name) => words(&["save", "--output", &path("saved.tar"), name]),
        }
    }

    /// Whether both would change, or one change and one use, the same thing.
    pub fn touches(&self, other: &Self) -> bool {
        let (mine, theirs) = (self.names(), other.names());
        mine.iter().any(|name| theirs.contains(name))
    }

    fn names(&self) -> Vec<String> {
        match self {
            Self::Load(number) => vec![format!("image-{number}:latest")],
            Self::Tag { image, name } => vec![image.clone(), name.clone()],
            Self::Create { name, image, .. } => vec![name.clone(), image.clone()],
            Self::Commit { container, image } => vec![container.clone(), image.clone()],
            // Both write the same file.
            Self::Save(name) => vec![name.clone(), "saved.tar".to_owned()],
            Self::Pull(name)
            | Self::Untag(name)
            | Self::Start(name)
            | Self::Stop(name)
            | Self::Kill(name)
            | Self::Pause(name)
            | Self::Unpause(name)
            | Self::Remove(name) => vec![name.clone()],
        }
    }
}

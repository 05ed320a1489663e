//! Which containers the list shows: by state, and by what was typed.

use gantry_view::{Container, ContainerState};

use crate::state::Store;

/// Which states the list shows. A container is in one of them, besides `All`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    #[default]
    All,
    Running,
    Paused,
    Stopped,
    Problems,
}

impl Filter {
    pub fn fits(self, container: &Container) -> bool {
        match self {
            Self::All => true,
            Self::Running => container.state == ContainerState::Running,
            Self::Paused => container.state == ContainerState::Paused,
            Self::Stopped => !container.state.is_up() && !container.has_problem(),
            Self::Problems => {
                container.has_problem() || container.state == ContainerState::Restarting
            }
        }
    }
}

/// How many containers each filter shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub all: usize,
    pub running: usize,
    pub paused: usize,
    pub stopped: usize,
    pub problems: usize,
}

/// Whether a query is found in the name, the image, the id or a port.
pub fn matches(container: &Container, query: &str) -> bool {
    query.is_empty()
        || container.name.to_lowercase().contains(query)
        || container.image.to_lowercase().contains(query)
        || container.id.starts_with(query)
        || container.ports.iter().any(|port| {
            port.container.to_string().starts_with(query)
                || port
                    .host
                    .is_some_and(|host| host.to_string().starts_with(query))
        })
}

/// Counts them all, following every container.
pub fn count(store: Store) -> Counts {
    let mut counts = Counts::default();
    store.containers.for_each(|container| {
        counts.all += 1;
        for (filter, count) in [
            (Filter::Running, &mut counts.running),
            (Filter::Paused, &mut counts.paused),
            (Filter::Stopped, &mut counts.stopped),
            (Filter::Problems, &mut counts.problems),
        ] {
            *count += usize::from(filter.fits(container));
        }
    });
    counts
}

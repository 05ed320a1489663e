//! Where the person is. The address of the page follows, so that a reload comes back here.

use leptos::{ev, prelude::*};

/// A tab of a container's detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    #[default]
    Logs,
    Terminal,
    Stats,
    Files,
    Network,
    Inspect,
}

/// A place in the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The table, or one container beside the list.
    Containers {
        open: Option<String>,
        tab: Tab,
    },
    /// The list, with one image open.
    Images {
        open: Option<String>,
    },
    /// Volumes, with one open.
    Volumes {
        open: Option<String>,
    },
    /// The same page with a network open, by its id.
    Networks {
        open: Option<String>,
    },
    /// Images from registries.
    Find,
    /// Import and export.
    Transfers,
    /// What this computer lacks.
    SelfCheck,
    Settings,
}

impl Route {
    pub const CONTAINERS: Self = Self::Containers {
        open: None,
        tab: Tab::Logs,
    };

    pub fn container(id: &str) -> Self {
        Self::Containers {
            open: Some(id.to_owned()),
            tab: Tab::Logs,
        }
    }

    pub fn terminal(id: &str) -> Self {
        Self::Containers {
            open: Some(id.to_owned()),
            tab: Tab::Terminal,
        }
    }

    pub fn image(id: &str) -> Self {
        Self::Images {
            open: Some(id.to_owned()),
        }
    }

    /// The place that the page's address names.
    pub(super) fn current() -> Self {
        Self::from_hash(&window().location().hash().unwrap_or_default())
    }

    /// Goes back to the list if this container is the open one.
    pub(super) fn leave_container(&mut self, id: &str) {
        if matches!(self, Self::Containers { open: Some(open), .. } if open == id) {
            *self = Self::CONTAINERS;
        }
    }

    fn from_hash(hash: &str) -> Self {
        let mut parts = hash.trim_start_matches(['#', '/']).split('/');
        let place = parts.next().unwrap_or_default();
        let open = parts.next().filter(|id| !id.is_empty()).map(str::to_owned);
        match place {
            "images" => Self::Images { open },
            "volumes" => Self::Volumes { open },
            "networks" => Self::Networks { open },
            "find" => Self::Find,
            "transfers" => Self::Transfers,
            "self-check" => Self::SelfCheck,
            "settings" => Self::Settings,
            _ => Self::Containers {
                open,
                tab: match parts.next() {
                    Some("terminal") => Tab::Terminal,
                    Some("stats") => Tab::Stats,
                    Some("files") => Tab::Files,
                    Some("network") => Tab::Network,
                    Some("inspect") => Tab::Inspect,
                    _ => Tab::Logs,
                },
            },
        }
    }

    /// As the address of the page names it.
    pub fn to_hash(&self) -> String {
        match self {
            Self::Containers { open: None, .. } => "#/containers".to_owned(),
            Self::Containers {
                open: Some(id),
                tab: Tab::Logs,
            } => format!("#/containers/{id}"),
            Self::Containers {
                open: Some(id),
                tab: Tab::Terminal,
            } => format!("#/containers/{id}/terminal"),
            Self::Containers {
                open: Some(id),
                tab: Tab::Stats,
            } => format!("#/containers/{id}/stats"),
            Self::Containers {
                open: Some(id),
                tab: Tab::Files,
            } => format!("#/containers/{id}/files"),
            Self::Containers {
                open: Some(id),
                tab: Tab::Network,
            } => format!("#/containers/{id}/network"),
            Self::Containers {
                open: Some(id),
                tab: Tab::Inspect,
            } => format!("#/containers/{id}/inspect"),
            Self::Images { open: None } => "#/images".to_owned(),
            Self::Images { open: Some(id) } => format!("#/images/{id}"),
            Self::Volumes { open: None } => "#/volumes".to_owned(),
            Self::Volumes { open: Some(name) } => format!("#/volumes/{name}"),
            Self::Networks { open: None } => "#/networks".to_owned(),
            Self::Networks { open: Some(id) } => format!("#/networks/{id}"),
            Self::Find => "#/find".to_owned(),
            Self::Transfers => "#/transfers".to_owned(),
            Self::SelfCheck => "#/self-check".to_owned(),
            Self::Settings => "#/settings".to_owned(),
        }
    }
}

/// Keeps the address and the route the same, whichever of them moves.
pub(super) fn follow_address(route: RwSignal<Route>) {
    let listener = window_event_listener(ev::hashchange, move |_| {
        let now = Route::current();
        if route.with_untracked(|known| *known != now) {
            route.set(now);
        }
    });
    // The listener lives as long as the page.
    std::mem::forget(listener);
    Effect::new(move |_| {
        let hash = route.with(Route::to_hash);
        let location = window().location();
        if location.hash().is_ok_and(|known| known != hash) {
            // Only a sandboxed frame may refuse, and then the address is of no use.
            let _ = location.set_hash(&hash);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{Route, Tab};

    #[test]
    fn every_place_survives_the_address() {
        for route in [
            Route::CONTAINERS,
            Route::container("9f02ce418b7d"),
            Route::Containers {
                open: Some("9f02ce418b7d".to_owned()),
                tab: Tab::Inspect,
            },
            Route::terminal("9f02ce418b7d"),
            Route::Containers {
                open: Some("9f02ce418b7d".to_owned()),
                tab: Tab::Stats,
            },
            Route::image("sha256:b4e91c7f2a05"),
            Route::Volumes {
                open: Some("shop_db-data".to_owned()),
            },
            Route::Containers {
                open: Some("9f02ce418b7d".to_owned()),
                tab: Tab::Network,
            },
            Route::Networks {
                open: Some("4be1".to_owned()),
            },
            Route::Find,
            Route::Transfers,
            Route::SelfCheck,
            Route::Settings,
        ] {
            assert_eq!(Route::from_hash(&route.to_hash()), route);
        }
    }
}

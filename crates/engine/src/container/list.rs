//! Which containers a list shows.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use gantry_store::Image;
use gantry_wire::{ContainerState, NEVER, Port};
use regex::Regex;

use super::describe::ports;
use super::record::View;
use super::registry::Registry;
use crate::request::ContainerQuery;
use crate::{Error, Filters, Result};

const KEYS: [&str; 15] = [
    "ancestor",
    "before",
    "exited",
    "expose",
    "health",
    "id",
    "is-task",
    "isolation",
    "label",
    "name",
    "network",
    "publish",
    "since",
    "status",
    "volume",
];

/// A query that was read: what remains is to look at each container.
pub(crate) struct Selection<'a> {
    filters: &'a Filters,
    names: Vec<Regex>,
    states: Vec<ContainerState>,
    exit_codes: Vec<i32>,
    ancestors: Option<BTreeSet<String>>,
    published: Vec<PortRange>,
    exposed: Vec<PortRange>,
    /// Older than this container.
    before: Option<Arc<View>>,
    /// Newer than this container.
    since: Option<Arc<View>>,
    all: bool,
}

impl<'a> Selection<'a> {
    pub(crate) fn read(
        query: &'a ContainerQuery,
        registry: &Registry,
        images: &[Image],
    ) -> Result<Self> {
        let filters = &query.filters;
        filters.only(&KEYS)?;
        let states = filters
            .values("status")
            .map(state)
            .collect::<Result<Vec<_>>>()?;
        let one = |key: &str| -> Result<Option<Arc<View>>> {
            filters
                .values(key)
                .next()
                .map(|text| Ok(registry.find(text)?.now()))
                .transpose()
        };
        for health in filters.values("health") {
            if !["none", "starting", "healthy", "unhealthy"].contains(&health) {
                return Err(Error::Invalid(format!(
                    "invalid filter 'health={health}': invalid value for health ({health}): must be one of none, starting, healthy, unhealthy"
                )));
            }
        }
        filters.flag("is-task")?;
        let (before, since) = (one("before")?, one("since")?);
        let all = query.all || query.limit.is_some_and(|limit| limit > 0) || !states.is_empty();
        let ports = |key: &str| -> Result<Vec<PortRange>> {
            let values = filters.values(key);
            values.map(|text| PortRange::parse(key, text)).collect()
        };
        Ok(Self {
            filters,
            names: filters.values("name").map(pattern).collect::<Result<_>>()?,
            states,
            exit_codes: filters
                .values("exited")
                .map(exit_code)
                .collect::<Result<_>>()?,
            ancestors: filters.has("ancestor").then(|| {
                filters
                    .values("ancestor")
                    .flat_map(|name| descendants(name, images))
                    .collect()
            }),
            published: ports("publish")?,
            exposed: ports("expose")?,
            before,
            since,
            all,
        })
    }

    pub(crate) fn shows(&self, view: &View) -> bool {
        let (definition, state) = (&view.definition, &view.state);
        let created = definition.created;
        (self.all || state.is_running())
            && (self.states.is_empty() || self.states.contains(&state.status))
            && (self.exit_codes.is_empty() || self.has_exited(view))
            && (self.names.is_empty() || self.is_named(view.name.as_str()))
            && self
                .before
                .as_ref()
                .is_none_or(|other| created < other.definition.created)
            && self
                .since
                .as_ref()
                .is_none_or(|other| created > other.definition.created)
            && self
                .ancestors
                .as_ref()
                .is_none_or(|ids| ids.contains(&definition.image_id))
            && self
                .filters
                .matches("id", |id| definition.id.as_str().starts_with(id))
            && self
                .filters
                .matches_labels("label", &definition.config.labels)
            && self.filters.matches("network", |name| {
                let endpoints = &definition.networking.endpoints_config;
                let mut ids = endpoints.values().flatten().map(|one| &one.network_id);
                definition.host_config.network_mode == name
                    || endpoints.contains_key(name)
                    || (!name.is_empty() && ids.any(|id| id.starts_with(name)))
            })
            && self
                .filters
                .matches("health", |health| health == health_of(view))
            && self
                .filters
                .matches("is-task", |flag| matches!(flag, "false" | "0"))
            && self.filters.matches("isolation", |name| name == "default")
            && self.has_ports(view)
            && self.filters.matches("volume", |volume| {
                definition.mounts.iter().any(|mount| {
                    mount.name == volume || mount.source == volume || mount.destination == volume
                })
            })
    }

    /// Whether its ports are among those that are asked for, of the host and of its own. What does
    /// not run has none.
    fn has_ports(&self, view: &View) -> bool {
        let ports = if self.published.is_empty() && self.exposed.is_empty() {
            Vec::new()
        } else {
            ports(view)
        };
        let has = |ranges: &[PortRange], number: fn(&Port) -> u16| {
            let holds = |range: &PortRange| {
                let mut ports = ports.iter();
                ports.any(|port| range.holds(number(port), &port.r#type))
            };
            ranges.is_empty() || ranges.iter().any(holds)
        };
        has(&self.published, |port| port.public_port)
            && has(&self.exposed, |port| port.private_port)
    }

    fn has_exited(&self, view: &View) -> bool {
        let state = &view.state;
        !state.is_running()
            && state.finished_at != NEVER
            && self.exit_codes.contains(&state.exit_code)
    }

    /// Docker matches with and without the slash before a name.
    fn is_named(&self, name: &str) -> bool {
        let slashed = format!("/{name}");
        self.names
            .iter()
            .any(|pattern| pattern.is_match(name) || pattern.is_match(&slashed))
    }
}

fn state(text: &str) -> Result<ContainerState> {
    ContainerState::ALL
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| {
            let states = ContainerState::ALL.map(ContainerState::as_str).join(", ");
            Error::Invalid(format!(
                "invalid filter 'status={text}': invalid value for state ({text}): must be one of {states}"
            ))
        })
}

/// `none` where there is no check.
fn health_of(view: &View) -> &'static str {
    let health = view.state.health.as_ref();
    health.map_or("none", |health| health.status.as_str())
}

fn exit_code(text: &str) -> Result<i32> {
    text.parse().map_err(|_| {
        Error::Invalid(format!(
            "invalid filter 'exited={text}': it is no exit code"
        ))
    })
}

fn pattern(text: &str) -> Result<Regex> {
    Regex::new(text).map_err(|_| Error::Invalid(format!("invalid filter 'name=[{text}]'")))
}

/// `80`, `80-90` or `80-90/udp`.
#[derive(Debug)]
struct PortRange {
    numbers: RangeInclusive<u16>,
    protocol: String,
}

impl PortRange {
    fn parse(key: &str, text: &str) -> Result<Self> {
        let (numbers, protocol) = text.split_once('/').unwrap_or((text, "tcp"));
        let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
        match (first.parse(), last.parse()) {
            (Ok(first), Ok(last)) if first <= last => Ok(Self {
                numbers: first..=last,
                protocol: protocol.to_ascii_lowercase(),
            }),
            _ => Err(Error::Invalid(format!(
                "error while looking up for {key} {text}: invalid port range"
            ))),
        }
    }

    fn holds(&self, number: u16, protocol: &str) -> bool {
        number != 0 && self.numbers.contains(&number) && self.protocol == protocol
    }
}

/// The ids of an image and of those made from it, which share all its layers.
fn descendants(name: &str, images: &[Image]) -> Vec<String> {
    let wanted = name.strip_prefix("sha256:").unwrap_or(name);
    let reference = name
        .parse::<gantry_oci::Reference>()
        .ok()
        .map(gantry_oci::Reference::or_latest);
    let Some(ancestor) = images.iter().find(|image| {
        image
            .names
            .iter()
            .any(|known| Some(known) == reference.as_ref())
            || image.id.to_hex().starts_with(wanted)
    }) else {
        return Vec::new();
    };
    images
        .iter()
        .filter(|image| image.layers.starts_with(&ancestor.layers))
        .map(|image| image.id.to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::view;
    use super::*;

    fn shown(filters: Filters, view: &View) -> bool {
        let query = ContainerQuery {
            all: true,
            filters,
            ..ContainerQuery::default()
        };
        let registry = Registry::default();
        Selection::read(&query, &registry, &[]).unwrap().shows(view)
    }

    fn filter(key: &str, value: &str) -> Filters {
        Filters::default().with(key, value)
    }

    #[test]
    fn without_all_only_running_containers_are_shown() {
        let registry = Registry::default();
        let mut view = view();
        let query = ContainerQuery::default();
        let selection = Selection::read(&query, &registry, &[]).unwrap();
        assert!(!selection.shows(&view));
        view.state.status = ContainerState::Paused;
        assert!(selection.shows(&view));
    }

    #[test]
    fn names_are_patterns_and_ids_prefixes() {
        let view = view();
        for (value, expected) in [
            ("we", true),
            ("^web$", true),
            ("^/web$", true),
            ("^eb", false),
        ] {
            assert_eq!(shown(filter("name", value), &view), expected, "{value}");
        }
        assert!(shown(filter("id", view.id().short()), &view));
        assert!(!shown(filter("id", "zz"), &view));
    }

    #[test]
    fn states_and_exit_codes_select() {
        let mut view = view();
        assert!(shown(filter("status", "created"), &view));
        assert!(!shown(filter("exited", "0"), &view), "it never ran");
        view.state.status = ContainerState::Exited;
        view.state.finished_at = gantry_wire::Timestamp::UNIX_EPOCH;
        view.state.exit_code = 3;
        assert!(shown(filter("exited", "3"), &view));
        assert!(!shown(
            filter("status", "running").with("exited", "3"),
            &view
        ));
    }

    #[test]
    fn only_states_and_numbers_ask_for_what_does_not_run() {
        let mut view = view();
        view.state.status = ContainerState::Exited;
        view.state.finished_at = gantry_wire::Timestamp::UNIX_EPOCH;
        for (filters, expected) in [
            (filter("exited", "0"), false),
            (filter("status", "exited"), true),
        ] {
            let query = ContainerQuery {
                filters,
                ..ContainerQuery::default()
            };
            let registry = Registry::default();
            let selection = Selection::read(&query, &registry, &[]).unwrap();
            assert_eq!(selection.shows(&view), expected);
        }
    }

    #[test]
    fn ports_are_ranges() {
        let range = |text| PortRange::parse("publish", text);
        let udp = range("80-90/udp").unwrap();
        assert!(udp.holds(80, "udp") && udp.holds(90, "udp"));
        assert!(!udp.holds(91, "udp") && !udp.holds(80, "tcp"));
        assert!(range("80").unwrap().holds(80, "tcp"));
        for wrong in ["x", "90-80", "", "1-"] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let registry = Registry::default();
        for (key, value) in [
            ("status", "x"),
            ("exited", "x"),
            ("health", "x"),
            ("is-task", "x"),
            ("expose", "x"),
            ("name", "("),
            ("what", "x"),
        ] {
            let query = ContainerQuery {
                filters: filter(key, value),
                ..ContainerQuery::default()
            };
            assert!(Selection::read(&query, &registry, &[]).is_err(), "{key}");
        }
    }
}

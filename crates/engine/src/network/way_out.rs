//! Which of its networks leads out of a container, and which one its published ports come in by.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use gantry_wire::EndpointSettings;

use super::place::Place;
use super::state::Networks;

impl Networks {
    /// Chooses the network that leads out as Docker does: never an internal one, the one of the
    /// highest priority, between equals the first by name.
    pub(crate) fn choose_way_out(
        &self,
        place: &mut Place,
        endpoints: &BTreeMap<String, Option<EndpointSettings>>,
    ) {
        let state = self.state();
        let is_internal = |id: &str| {
            let entry = state.networks.get(id);
            entry.is_some_and(|entry| entry.record.internal)
        };
        place.choose_way_out(endpoints, is_internal);
    }
}

impl Place {
    fn choose_way_out(
        &mut self,
        endpoints: &BTreeMap<String, Option<EndpointSettings>>,
        is_internal: impl Fn(&str) -> bool,
    ) {
        let priority = |name: &str| {
            let settings = endpoints.get(name).and_then(Option::as_ref);
            settings.map_or(0, |settings| settings.gw_priority)
        };
        let open = self
            .ends
            .iter()
            .filter(|(_, end)| !is_internal(&end.network));
        let chosen = open.max_by_key(|(name, _)| (priority(name), Reverse(*name)));
        let chosen = chosen.map(|(name, _)| name.clone());
        for (name, end) in &mut self.ends {
            end.leads_out = Some(name) == chosen.as_ref();
        }
    }

    /// The network that leads out.
    pub(crate) fn leading(&self) -> Option<&str> {
        let found = self.ends.iter().find(|(_, end)| end.leads_out);
        found.map(|(name, _)| name.as_str())
    }

    /// The network at whose address published ports arrive: the one that leads out, else the one
    /// of the first interface.
    pub(crate) fn front(&self) -> Option<&str> {
        self.leading().or_else(|| {
            let first = self.ends.iter().min_by_key(|(_, end)| &end.interface);
            first.map(|(name, _)| name.as_str())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::tests::place;

    fn ends(names: &[&str]) -> Place {
        let one = place();
        let end = one.ends.values().next().unwrap();
        let ends = names.iter().enumerate().map(|(number, name)| {
            let mut end = end.clone();
            end.network = (*name).to_owned();
            end.interface = format!("eth{number}");
            ((*name).to_owned(), end)
        });
        Place {
            ends: ends.collect(),
            ..one
        }
    }

    #[test]
    fn the_first_open_network_leads_out_unless_another_has_priority() {
        let mut place = ends(&["within", "a", "b"]);
        let within = |id: &str| id == "within";
        place.choose_way_out(&BTreeMap::new(), within);
        assert_eq!(place.leading(), Some("a"));
        let first = EndpointSettings {
            gw_priority: 1,
            ..EndpointSettings::default()
        };
        let endpoints = BTreeMap::from([("b".to_owned(), Some(first))]);
        place.choose_way_out(&endpoints, within);
        assert_eq!((place.leading(), place.front()), (Some("b"), Some("b")));
    }

    #[test]
    fn without_a_way_out_ports_come_in_by_the_first_interface() {
        let mut place = ends(&["z", "a"]);
        place.choose_way_out(&BTreeMap::new(), |_| true);
        assert_eq!((place.leading(), place.front()), (None, Some("z")));
    }
}

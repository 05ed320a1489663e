//! Networks that come and go.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use gantry_network::protocol::Request;
use gantry_wire as wire;
use gantry_wire::gantry::Change;
use ipnet::IpNet;

use super::record::Record;
use super::show::{Found, WITHOUT_BRIDGE, members};
use super::state::{Entry, Networks, default_mtu};
use super::subnets::subnets;
use super::{DEFAULT, pool, show};
use crate::container::Registry;
use crate::{Error, Filters, Result};

/// The driver option for the largest packet, as Docker calls it.
const MTU: &str = "com.docker.network.driver.mtu";

impl Networks {
    /// Makes a network.
    pub(crate) fn create(&self, body: wire::NetworkCreate) -> Result<wire::NetworkCreated> {
        if is_predefined(&body.name) {
            return Err(Error::NetworkState {
                code: "network-forbidden",
                message: format!(
                    "operation is not permitted on predefined {} network",
                    body.name
                ),
            });
        }
        check_name(&body.name)?;
        refuse_foreign(&body)?;
        // Of two that ask for one name, or for the same addresses, the second hears of it.
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(body.driver.as_str(), "" | "bridge") {
            return Err(Error::Unsupported {
                option: format!("--driver {}", body.driver),
                why: "networks of one's own are of the driver bridge".to_owned(),
            });
        }
        if self.id_of(&body.name).is_ok() {
            return Err(Error::NetworkExists(body.name));
        }
        let mtu = match body.options.get(MTU).map(|text| text.parse::<u32>()) {
            None => default_mtu(self.is_rootless()),
            Some(Ok(mtu)) if (68..=65535).contains(&mtu) => mtu,
            Some(_) => return Err(Error::Invalid(format!("invalid value of {MTU}"))),
        };
        let ignored: Vec<_> = body
            .options
            .keys()
            .filter(|key| *key != MTU)
            .cloned()
            .collect();
        let mut record = Record::new(&body.name, &self.keeper.plan().tag, mtu);
        let ipam = body.ipam.unwrap_or_default();
        record.ipv4 = body.enable_ipv4 != Some(false);
        if !record.ipv4 && body.enable_ipv6 != Some(true) {
            let message = "IPv4 or IPv6 must be enabled";
            return Err(Error::Invalid(message.to_owned()));
        }
        record.subnets = subnets(&ipam, body.enable_ipv6 == Some(true))?;
        let mut asked = record.subnets.iter();
        let names_ipv4 = asked.any(|subnet| subnet.gateway.addr().is_ipv4());
        if names_ipv4 && !record.ipv4 {
            let message = "a subnet of IPv4 was named, and IPv4 is not enabled";
            return Err(Error::Invalid(message.to_owned()));
        }
        record.chosen = record.ipv4 && !names_ipv4;
        record.internal = body.internal;
        record.attachable = body.attachable;
        record.ipam = ipam;
        record.options = body.options;
        record.labels = body.labels;
        self.check_overlap(&record)?;
        record.save(self.folder())?;
        let id = record.id.clone();
        let entry = Entry {
            last: vec![None; record.subnets.len()],
            taken: BTreeSet::new(),
            record,
        };
        self.state().networks.insert(id.clone(), entry);
        let settled = {
            let _turn = self.take_turn(std::slice::from_ref(&id));
            self.settle_subnets(&id)
        };
        if let Err(error) = settled {
            self.forget(&id);
            return Err(error);
        }
        self.tell_made(&id);
        let warning = if ignored.is_empty() {
            String::new()
        } else {
            format!("These options do nothing here: {}.", ignored.join(", "))
        };
        Ok(wire::NetworkCreated { id, warning })
    }

    /// What was asked for must be nobody else's.
    fn check_overlap(&self, record: &Record) -> Result<()> {
        let prefix = self.keeper.plan().bridge_prefix();
        let state = self.state();
        let own = state
            .networks
            .values()
            .flat_map(|entry| &entry.record.subnets);
        let mut taken: Vec<IpNet> = own.map(|subnet| subnet.gateway.trunc()).collect();
        if !self.is_rootless() {
            taken.extend(pool::host_routes(|name| name.starts_with(&prefix)));
        }
        let mut wanted = record.subnets.iter().map(|subnet| subnet.gateway.trunc());
        match wanted.find(|net| taken.iter().any(|other| pool::overlap(*net, *other))) {
            None => Ok(()),
            Some(_) => Err(Error::NetworkState {
                code: "network-overlaps",
                message: "invalid pool request: Pool overlaps with other one on this address space"
                    .to_owned(),
            }),
        }
    }

    /// Removes a network that nobody is in.
    pub(crate) async fn remove(&self, registry: &Registry, name: &str) -> Result<String> {
        let record = match self.find(name)? {
            Found::Bridge(record) if record.is_default() => return Err(predefined(DEFAULT)),
            Found::WithoutBridge(name, ..) => return Err(predefined(name)),
            Found::Bridge(record) => record,
        };
        let users = members(registry, &record.id);
        if !users.is_empty() {
            let names: Vec<_> = users
                .iter()
                .map(|view| {
                    let end = view.place.ends.get(&record.name);
                    let id: String = end.map_or("", |end| &end.id).chars().take(12).collect();
                    format!("name:\"{}\" id:\"{id}\"", view.name)
                })
                .collect();
            return Err(Error::NetworkState {
                code: "network-in-use",
                message: format!(
                    "error while removing network: network {} has active endpoints ({})",
                    record.name,
                    names.join(", ")
                ),
            });
        }
        record.remove(self.folder())?;
        self.forget(&record.id);
        self.feed.network_event("destroy", &record.id, &record.name);
        self.feed.changed(Change::NetworkRemoved(record.id.clone()));
        let network = record.id.clone();
        let removed = self
            .keeper
            .ask_if_there(Request::RemoveBridge { network })
            .await;
        if let Some(Err(refusal)) = removed {
            tracing::error!(network = record.name, %refusal, "a bridge was not removed");
        }
        Ok(record.name)
    }

    /// Removes networks of one's own that nobody is in.
    pub(crate) async fn prune(
        &self,
        registry: &Registry,
        filters: &Filters,
    ) -> Result<Vec<String>> {
        filters.only(&["label", "label!", "until"])?;
        let until = filters.values("until").next();
        let until = until.map(|text| crate::moment::moment(text, wire::Timestamp::now()));
        let until = until.transpose()?;
        let wanted: Vec<String> = {
            let state = self.state();
            let records = state.networks.values().map(|entry| &entry.record);
            let chosen = records.filter(|record| {
                !record.is_default()
                    && until.is_none_or(|until| record.created <= until)
                    && filters.matches_labels("label", &record.labels)
                    && (!filters.has("label!") || !filters.matches_labels("label!", &record.labels))
            });
            chosen.map(|record| record.id.clone()).collect()
        };
        let mut removed = Vec::new();
        for id in wanted {
            // In use, or removed meanwhile: then it is not for us.
            if let Ok(name) = self.remove(registry, &id).await {
                removed.push(name);
            }
        }
        self.feed.pruned("network", 0);
        Ok(removed)
    }

    fn tell_made(&self, id: &str) {
        let record = {
            let state = self.state();
            state.networks.get(id).map(|entry| entry.record.clone())
        };
        // It may be gone again.
        if let Some(record) = record {
            self.feed.network_event("create", id, &record.name);
            self.feed
                .changed(Change::Network(Box::new(show::row(&record))));
        }
    }

    fn forget(&self, id: &str) {
        self.state().networks.remove(id);
    }
}

/// The names that are every engine's.
fn is_predefined(name: &str) -> bool {
    matches!(name, DEFAULT | "default") || WITHOUT_BRIDGE.iter().any(|one| one.0 == name)
}

/// Networks that are of several computers, or made after another.
fn refuse_foreign(body: &wire::NetworkCreate) -> Result<()> {
    let asked = [
        (body.config_only, "--config-only"),
        (body.config_from.is_some(), "--config-from"),
    ];
    if let Some((_, option)) = asked.iter().find(|(asked, _)| *asked) {
        return Err(Error::Unsupported {
            option: (*option).to_owned(),
            why: "a network is what it is made with".to_owned(),
        });
    }
    let option = match body.scope.as_str() {
        _ if body.ingress => "--ingress".to_owned(),
        "" | "local" => return Ok(()),
        scope => format!("--scope {scope}"),
    };
    Err(Error::Unsupported {
        option,
        why: "there is no swarm: networks are of this computer".to_owned(),
    })
}

fn check_name(name: &str) -> Result<()> {
    let mut characters = name.chars();
    let good = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric())
        && characters.all(|one| one.is_ascii_alphanumeric() || "_.-".contains(one));
    if good {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "invalid network name \"{name}\": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
    )))
}

fn predefined(name: &str) -> Error {
    Error::NetworkState {
        code: "network-forbidden",
        message: format!("{name} is a pre-defined network and cannot be removed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dockers() {
        for (name, good) in [
            ("mine", true),
            ("a_b.c-1", true),
            ("", false),
            ("-x", false),
        ] {
            assert_eq!(check_name(name).is_ok(), good, "{name}");
        }
        assert!(is_predefined("default") && is_predefined("none") && !is_predefined("mine"));
    }
}

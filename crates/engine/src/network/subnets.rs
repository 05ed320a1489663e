//! The subnets that a network is asked to have.

use std::collections::BTreeMap;
use std::net::IpAddr;

use gantry_network::Cidr;
use gantry_wire as wire;
use ipnet::IpNet;

use super::pool;
use super::record::Subnet;
use crate::{Error, Result};

/// The subnets that are asked for, IPv4 first in whatever order they come; an IPv6 one is chosen
/// where only its family is.
pub(super) fn subnets(ipam: &wire::Ipam, ipv6: bool) -> Result<Vec<Subnet>> {
    if !matches!(ipam.driver.as_str(), "" | "default") {
        return Err(Error::Unsupported {
            option: format!("--ipam-driver {}", ipam.driver),
            why: "the engine gives out the addresses".to_owned(),
        });
    }
    let mut all = Vec::new();
    for config in &ipam.config {
        if !config.subnet.is_empty() {
            all.push(subnet(config)?);
        } else if !config.gateway.is_empty() || !config.ip_range.is_empty() {
            let message = "a gateway or a range of addresses needs its subnet".to_owned();
            return Err(Error::Invalid(message));
        }
    }
    if ipv6 && !all.iter().any(|one| one.gateway.addr().is_ipv6()) {
        let chosen = pool::random_ipv6_subnet().and_then(|net| pool::gateway_of(net.into()));
        all.extend(chosen.map(Subnet::of));
    }
    all.sort_by_key(|one| one.gateway.addr().is_ipv6());
    Ok(all)
}

fn subnet(config: &wire::IpamConfig) -> Result<Subnet> {
    let invalid = |what: &str, text: &str| Error::Invalid(format!("invalid {what}: {text}"));
    let net: Cidr = config
        .subnet
        .parse()
        .map_err(|_| invalid("subnet", &config.subnet))?;
    let gateway = match config.gateway.as_str() {
        "" => pool::gateway_of(net.trunc()),
        text => {
            let address: IpAddr = text.parse().map_err(|_| invalid("gateway", text))?;
            if !net.contains(&address) {
                return Err(invalid("gateway", text));
            }
            IpNet::new(address, net.prefix_len()).ok().map(Cidr)
        }
    };
    let range = match config.ip_range.as_str() {
        "" => None,
        text => {
            let range: Cidr = text.parse().map_err(|_| invalid("range", text))?;
            if !net.contains(&range.0) {
                return Err(invalid("range", text));
            }
            Some(range)
        }
    };
    let mut reserved = BTreeMap::new();
    for (name, text) in &config.auxiliary_addresses {
        let address: IpAddr = text
            .parse()
            .map_err(|_| invalid("auxiliary address", text))?;
        if !net.contains(&address) {
            return Err(invalid("auxiliary address", text));
        }
        reserved.insert(name.clone(), address);
    }
    Ok(Subnet {
        range,
        reserved,
        ..Subnet::of(gateway.ok_or_else(|| invalid("subnet", &config.subnet))?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(subnet: &str, gateway: &str, range: &str) -> wire::IpamConfig {
        wire::IpamConfig {
            subnet: subnet.into(),
            gateway: gateway.into(),
            ip_range: range.into(),
            ..wire::IpamConfig::default()
        }
    }

    #[test]
    fn subnets_are_read_and_gateways_chosen() {
        let one = subnet(&config("10.9.0.0/24", "", "10.9.0.128/25")).unwrap();
        assert_eq!(one.gateway.to_string(), "10.9.0.1/24");
        assert_eq!(one.range.unwrap().to_string(), "10.9.0.128/25");
        let two = subnet(&config("10.9.0.0/24", "10.9.0.254", "")).unwrap();
        assert_eq!(two.gateway.to_string(), "10.9.0.254/24");
        for (net, gateway, range) in [
            ("x", "", ""),
            ("10.9.0.0/24", "10.8.0.1", ""),
            ("10.9.0.0/24", "", "10.8.0.0/25"),
        ] {
            assert!(subnet(&config(net, gateway, range)).is_err(), "{net}");
        }
    }

    #[test]
    fn ipv4_comes_first() {
        let config = vec![config("fd00:7::/64", "", ""), config("10.9.0.0/24", "", "")];
        let ipam = wire::Ipam {
            config,
            ..wire::Ipam::default()
        };
        let all = subnets(&ipam, true).unwrap();
        assert!(all[0].gateway.addr().is_ipv4() && all[1].gateway.addr().is_ipv6());
    }

    #[test]
    fn auxiliary_addresses_are_of_their_subnet() {
        let with = |address: &str| {
            let mut config = config("10.9.0.0/24", "", "");
            let router = ("router".to_owned(), address.to_owned());
            config.auxiliary_addresses = [router].into();
            subnet(&config)
        };
        assert!(with("10.9.0.5").unwrap().keeps("10.9.0.5".parse().unwrap()));
        assert!(with("10.8.0.5").is_err() && with("x").is_err());
    }

    #[test]
    fn ipv6_is_chosen_where_it_is_asked_for() {
        let all = subnets(&wire::Ipam::default(), true).unwrap();
        assert!(all[0].gateway.addr().is_ipv6());
        assert!(subnets(&wire::Ipam::default(), false).unwrap().is_empty());
    }
}

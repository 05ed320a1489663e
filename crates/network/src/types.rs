//! What engine and keeper mean by networks, containers and ports.

use std::fmt;
use std::net::IpAddr;
use std::ops::Deref;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An address with the length of its network's prefix: `172.17.0.1/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(pub IpNet);

impl Deref for Cidr {
    type Target = IpNet;

    fn deref(&self) -> &IpNet {
        &self.0
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for Cidr {
    type Err = ipnet::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// The hardware address of an interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MacAddress([u8; 6]);

#[derive(Debug, Clone, thiserror::Error)]
#[error("\"{0}\" is not a MAC address")]
pub struct InvalidMac(String);

impl MacAddress {
    pub fn new(octets: [u8; 6]) -> Self {
        Self(octets)
    }

    pub fn octets(self) -> [u8; 6] {
        self.0
    }

    /// The one that belongs to an address, so that whoever knows the address from an earlier
    /// container still reaches the next.
    pub fn of(address: IpAddr) -> Self {
        let [.., a, b, c, d] = match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        };
        // Locally administered, not multicast.
        Self([0x02, 0x42, a, b, c, d])
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, octet) in self.0.iter().enumerate() {
            let colon = if index == 0 { "" } else { ":" };
            write!(formatter, "{colon}{octet:02x}")?;
        }
        Ok(())
    }
}

impl FromStr for MacAddress {
    type Err = InvalidMac;

    fn from_str(text: &str) -> Result<Self, InvalidMac> {
        let invalid = || InvalidMac(text.to_owned());
        let mut octets = [0; 6];
        let mut parts = text.split([':', '-']);
        for octet in &mut octets {
            let part = parts.next().filter(|part| part.len() == 2);
            *octet = u8::from_str_radix(part.ok_or_else(invalid)?, 16).map_err(|_| invalid())?;
        }
        if parts.next().is_some() || octets[0] & 1 == 1 {
            return Err(invalid());
        }
        Ok(Self(octets))
    }
}

/// Written and read as text.
macro_rules! as_text {
    ($($kind:ty),+) => {$(
        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )+};
}
as_text!(Cidr, MacAddress);

/// What a published port carries.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    #[default]
    Tcp,
    Udp,
}

impl Protocol {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A network as the keeper makes it: a bridge and its own addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bridge {
    /// The network's id.
    pub network: String,
    /// The name of the bridge, at most 15 bytes.
    pub interface: String,
    /// The bridge's own addresses, with their networks' prefixes.
    pub addresses: Vec<Cidr>,
    pub mtu: u32,
    /// Without a way out.
    pub internal: bool,
}

/// A container's end of one network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    pub bridge: Bridge,
    /// Its name in the container: `eth0`.
    pub interface: String,
    pub addresses: Vec<Cidr>,
    pub mac: MacAddress,
    /// Where what no other route takes goes; empty for all but one network.
    pub gateways: Vec<IpAddr>,
    /// What other containers of the network may call it.
    #[serde(default)]
    pub names: Vec<String>,
}

/// A port of the host that leads to a port of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PublishedPort {
    pub protocol: Protocol,
    pub host: IpAddr,
    /// Zero asks for a free one.
    pub host_port: u16,
    /// Where the first that is free of several is asked for: the last of them.
    #[serde(default)]
    pub last_host_port: Option<u16>,
    pub container_port: u16,
}

/// How a container's names are resolved by the keeper at 127.0.0.11.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolver {
    /// Who is asked about other names; the host's resolvers where empty.
    pub upstream: Vec<IpAddr>,
    /// What this container alone calls others: `--link`.
    #[serde(default)]
    pub links: Vec<(String, String)>,
    /// Whether names of containers are answered; the default network has none.
    #[serde(default)]
    pub names: bool,
}

/// Everything about one container's place in its networks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// The container's id.
    pub container: String,
    pub endpoints: Vec<Endpoint>,
    pub ports: Vec<PublishedPort>,
    #[serde(default)]
    pub resolver: Option<Resolver>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardware_addresses_are_read_and_written() {
        let mac: MacAddress = "02:42:ac:11:00:02".parse().unwrap();
        assert_eq!(mac, MacAddress::of("172.17.0.2".parse().unwrap()));
        assert_eq!(mac.to_string(), "02:42:ac:11:00:02");
        for wrong in [
            "",
            "02:42",
            "02:42:ac:11:00:02:03",
            "x2:42:ac:11:00:02",
            "01:00:5e:00:00:01",
        ] {
            assert!(wrong.parse::<MacAddress>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn subnets_are_text_in_json() {
        let cidr: Cidr = "172.17.0.1/16".parse().unwrap();
        assert_eq!(serde_json::to_string(&cidr).unwrap(), "\"172.17.0.1/16\"");
        assert_eq!(
            serde_json::from_str::<Cidr>("\"172.17.0.1/16\"").unwrap(),
            cidr
        );
        assert!(serde_json::from_str::<Cidr>("\"172.17.0.1/99\"").is_err());
    }
}

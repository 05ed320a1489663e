//! Services of this computer, where a registry on the network must not send us.

use std::net::{IpAddr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Why such an address is not asked.
pub(crate) const WHY: &str =
    "that is this computer, and only a registry of this computer may lead there";

/// A name that stands for this computer.
#[derive(Debug, thiserror::Error)]
#[error("{name} is this computer")]
pub(crate) struct Inside {
    pub(crate) name: String,
}

/// Whether an address is this computer's own, or one that only programs on it are given.
pub(crate) fn is_inside(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_unspecified() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unspecified() || address.is_unicast_link_local()
        }
    }
}

/// Whether an address says of itself that it leads to this computer. Names are looked up later.
pub(crate) fn leads_inside(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse().map_or_else(|_| is_local_name(bare), is_inside)
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Looks names up, and finds none that stand for this computer.
#[derive(Debug)]
pub(crate) struct Outside;

impl Resolve for Outside {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let name = name.as_str().to_owned();
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().any(|address| is_inside(address.ip())) {
                return Err(Inside { name }.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_this_computer_is_known() {
        for inside in [
            "http://127.0.0.1:80/",
            "http://127.9.9.9/",
            "http://[::1]:5000/x",
            "http://[::ffff:127.0.0.1]/",
            "http://0.0.0.0/",
            "http://localhost/",
            "http://LOCALHOST./",
            "http://a.localhost/",
            "http://2130706433/",
            "http://169.254.169.254/latest/meta-data",
        ] {
            assert!(leads_inside(&Url::parse(inside).unwrap()), "{inside}");
        }
        for outside in [
            "https://registry.example/",
            "http://10.0.0.1/",
            "http://[2001:db8::1]/",
        ] {
            assert!(!leads_inside(&Url::parse(outside).unwrap()), "{outside}");
        }
    }
}

//! Services of this computer, which are trusted when somebody names them, and where a registry on
//! the network must not send us.

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

/// Whether an address says of itself that it leads to this computer, or to what only programs on
/// it are given. Names are looked up later.
pub(crate) fn leads_inside(url: &Url) -> bool {
    says(url, is_inside)
}

/// Whether an address says of itself that it is this computer. A link-local one is not: whoever is
/// on the same cable may have it.
pub(crate) fn is_this_computer(url: &Url) -> bool {
    says(url, |address| address.to_canonical().is_loopback())
}

fn says(url: &Url, of_address: impl FnOnce(IpAddr) -> bool) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse()
        .map_or_else(|_| is_local_name(bare), of_address)
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
            "http://localhost/",
            "http://LOCALHOST./",
            "http://a.localhost/",
            "http://2130706433/",
        ] {
            let url = Url::parse(inside).unwrap();
            assert!(leads_inside(&url) && is_this_computer(&url), "{inside}");
        }
        for guarded in [
            "http://169.254.169.254/",
            "http://[fe80::1]/",
            "http://[::ffff:169.254.0.1]/",
            "http://0.0.0.0/",
        ] {
            let url = Url::parse(guarded).unwrap();
            assert!(leads_inside(&url) && !is_this_computer(&url), "{guarded}");
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

//! /etc/hosts, /etc/hostname and /etc/resolv.conf of a container.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::folder::Folder;
use super::network::{self, Network};
use super::record::Definition;
use crate::{Error, Result};

const HOSTS: &str = "127.0.0.1\tlocalhost\n\
    ::1\tlocalhost ip6-localhost ip6-loopback\n\
    fe00::\tip6-localnet\n\
    ff00::\tip6-mcastprefix\n\
    ff02::1\tip6-allnodes\n\
    ff02::2\tip6-allrouters\n";

/// Writes the three files, which are mounted over those of the image.
pub(super) fn write(definition: &Definition, folder: &Folder) -> Result<()> {
    let network = network::of(&definition.host_config.network_mode)?;
    put(
        &folder.hostname(),
        &format!("{}\n", definition.config.hostname),
    )?;
    put(&folder.hosts(), &hosts(definition, network))?;
    put(&folder.resolv_conf(), &resolv_conf(definition, network))
}

/// Rewritten in place: a running container has the file itself mounted.
fn put(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(Error::io("write", path))
}

fn hosts(definition: &Definition, network: Network) -> String {
    let mut text = match network {
        Network::Host => fs::read_to_string("/etc/hosts").unwrap_or_else(|_| HOSTS.to_owned()),
        Network::None => HOSTS.to_owned(),
    };
    for entry in &definition.host_config.extra_hosts {
        // `name:address`, or `name=address` since an IPv6 address has colons of its own.
        let split = entry.split_once('=').or_else(|| entry.split_once(':'));
        if let Some((name, address)) = split {
            let address = address.trim_start_matches('[').trim_end_matches(']');
            let address = if address == "host-gateway" {
                "127.0.0.1"
            } else {
                address
            };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{address}\t{name}");
        }
    }
    text
}

fn resolv_conf(definition: &Definition, network: Network) -> String {
    let host = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let config = &definition.host_config;
    let asked = [&config.dns, &config.dns_search, &config.dns_options];
    if network == Network::Host && asked.iter().all(|list| list.is_empty()) {
        return host;
    }
    let mut text = String::new();
    let lines = |key: &'static str| {
        host.lines()
            .filter(move |line| line.split_whitespace().next() == Some(key))
    };
    for (key, own) in [
        ("nameserver", &config.dns),
        ("search", &config.dns_search),
        ("options", &config.dns_options),
    ] {
        if own.is_empty() {
            for line in lines(key) {
                text.push_str(line);
                text.push('\n');
            }
        } else if key == "nameserver" {
            for server in own {
                let _ = writeln!(text, "nameserver {server}");
            }
        } else {
            let _ = writeln!(text, "{key} {}", own.join(" "));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::record::tests::view;
    use super::*;

    #[test]
    fn further_hosts_and_resolvers_are_written() {
        let mut definition = Arc::unwrap_or_clone(view().definition);
        definition.host_config.extra_hosts = vec!["db:10.0.0.2".into(), "six=fd00::1".into()];
        definition.host_config.dns = vec!["9.9.9.9".into()];
        definition.host_config.dns_search = vec!["a.test".into(), "b.test".into()];
        let hosts = hosts(&definition, Network::None);
        assert!(hosts.ends_with("10.0.0.2\tdb\nfd00::1\tsix\n"));
        let resolv = resolv_conf(&definition, Network::None);
        assert!(
            resolv.contains("nameserver 9.9.9.9\n") && resolv.contains("search a.test b.test\n")
        );
    }
}

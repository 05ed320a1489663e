//! /etc/hosts, /etc/hostname and /etc/resolv.conf of a container.

use std::fmt::Write;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use super::folder::Folder;
use super::record::View;
use crate::core::Core;
use crate::network::{self, Mode, resolve};
use crate::{Error, Result};

const HOSTS: &str = "127.0.0.1\tlocalhost\n\
    ::1\tlocalhost ip6-localhost ip6-loopback\n\
    fe00::\tip6-localnet\n\
    ff00::\tip6-mcastprefix\n\
    ff02::1\tip6-allnodes\n\
    ff02::2\tip6-allrouters\n";

/// Writes the three files, which are mounted over those of the image.
pub(super) fn write(core: &Core, view: &View, folder: &Folder) -> Result<()> {
    let definition = &view.definition;
    let mode = Mode::of(&definition.host_config.network_mode);
    if let Mode::Container(id) = mode {
        return share(core, id, folder);
    }
    put(
        &folder.hostname(),
        &format!("{}\n", definition.config.hostname),
    )?;
    let gateway = resolve::host_gateway(&view.place, core.host.facts.rootless);
    let links = links(core, view);
    put(&folder.hosts(), &hosts(view, mode, gateway, &links))?;
    let host = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    let text = resolve::resolv_conf(definition, &host);
    put(&folder.resolv_conf(), &text)
}

/// What `--link` names on the default network, which answers no questions about names.
fn links(core: &Core, view: &View) -> Vec<(IpAddr, String)> {
    let Some(own) = view.place.ends.get(network::DEFAULT) else {
        return Vec::new();
    };
    let links = view.definition.host_config.links.iter();
    let found = links.filter_map(|link| {
        let (target, alias) = link.split_once(':').unwrap_or((link, link));
        let other = core.registry.find(target).ok()?.now();
        let end = other.place.ends.get(network::DEFAULT)?;
        let address = end.ipv4().filter(|_| end.network == own.network)?;
        Some((address.addr(), format!("{alias} {}", other.name)))
    });
    found.collect()
}

/// A container in another's network has that one's files.
fn share(core: &Core, id: &str, folder: &Folder) -> Result<()> {
    let donor = core.registry.find(id)?.now();
    let other = Folder::new(&core.host.paths().containers(), donor.id());
    for (from, to) in [
        (other.hostname(), folder.hostname()),
        (other.hosts(), folder.hosts()),
        (other.resolv_conf(), folder.resolv_conf()),
    ] {
        fs::copy(&from, &to).map_err(Error::io("copy", &from))?;
    }
    Ok(())
}

/// Rewritten in place: a running container has the file itself mounted.
fn put(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(Error::io("write", path))
}

/// The container's own names and those that it was told.
fn hosts(
    view: &View,
    mode: Mode<'_>,
    gateway: Option<IpAddr>,
    links: &[(IpAddr, String)],
) -> String {
    let definition = &view.definition;
    let mut text = match mode {
        Mode::Host => fs::read_to_string("/etc/hosts").unwrap_or_else(|_| HOSTS.to_owned()),
        _ => HOSTS.to_owned(),
    };
    for entry in &definition.host_config.extra_hosts {
        // `name:address`, or `name=address` since an IPv6 address has colons of its own.
        let split = entry.split_once('=').or_else(|| entry.split_once(':'));
        if let Some((name, address)) = split {
            let address = address.trim_start_matches('[').trim_end_matches(']');
            let host = gateway.map_or_else(|| "127.0.0.1".to_owned(), |found| found.to_string());
            let address = if address == "host-gateway" {
                &host
            } else {
                address
            };
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{address}\t{name}");
        }
    }
    for (address, names) in links {
        let _ = writeln!(text, "{address}\t{names}");
    }
    let config = &definition.config;
    let name = match config.domainname.as_str() {
        "" => config.hostname.clone(),
        domain => format!("{0}.{domain} {0}", config.hostname),
    };
    for end in view.place.ends.values() {
        for address in &end.addresses {
            let _ = writeln!(text, "{}\t{name}", address.addr());
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
    fn further_hosts_and_the_containers_own_are_written() {
        let mut view = view();
        let mut definition = Arc::unwrap_or_clone(view.definition);
        definition.host_config.extra_hosts = vec![
            "db:10.0.0.2".into(),
            "six=fd00::1".into(),
            "up:host-gateway".into(),
        ];
        definition.config.hostname = "box".into();
        view.definition = Arc::new(definition);
        view.place = crate::network::tests::place();
        let gateway = Some("192.0.2.1".parse().unwrap());
        let hosts = hosts(&view, Mode::None, gateway, &[]);
        assert!(
            hosts.ends_with("10.0.0.2\tdb\nfd00::1\tsix\n192.0.2.1\tup\n172.17.0.2\tbox\n"),
            "{hosts}"
        );
    }
}

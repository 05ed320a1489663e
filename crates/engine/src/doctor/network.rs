//! What containers reach the world with, and how they are reached.

use gantry_network::{Guard, Obstacle};
use gantry_wire::gantry::Finding;
use rustix::fs::{Access, access};

use super::machine::Machine;
use super::probe::{Probe, Tried};
use super::{fix, good, note, problem, with_fix};
use crate::container::View;
use crate::network::{firewalld, program_path};

/// The filters of others that stop what root's containers send; `None` where that is not known.
pub(super) fn obstacles() -> Option<Vec<Obstacle>> {
    let mut found = gantry_network::obstacles(&program_path()).ok()?;
    // It takes our bridges when they are there.
    if found.iter().any(Obstacle::is_firewalld) && firewalld::runs() {
        found.retain(|obstacle| !obstacle.is_firewalld());
    }
    Some(found)
}

pub(super) fn check(
    machine: &Machine,
    probe: &Probe,
    obstacles: Option<&[Obstacle]>,
    guards: &[Guard],
) -> Vec<Finding> {
    let mut findings = vec![packet_filter(machine, probe)];
    if machine.is_root() {
        findings.extend(obstacles.map(forwarding));
        findings.extend(router(guards));
    } else {
        findings.push(way_out(machine));
        findings.push(tunnel(machine));
    }
    findings.extend(lost_ports(machine));
    findings
}

/// Networks are kept apart and let out by rules of nf_tables.
fn packet_filter(machine: &Machine, probe: &Probe) -> Finding {
    const CHECK: &str = "packet-filter";
    match probe.filter {
        Tried::Works => good(CHECK, "packet-filter", "nf_tables takes our rules"),
        // What stopped the probe before has a finding of its own.
        Tried::Untried => note(
            CHECK,
            "packet-filter-untried",
            "nf_tables could not be tried",
            "It keeps networks apart and lets containers out.",
            "",
        ),
        Tried::Fails(error) => {
            let why = std::io::Error::from_raw_os_error(error);
            let sudo = if machine.is_root() { "" } else { "sudo " };
            let command = format!("{sudo}modprobe -a nf_tables nft_masq nft_ct nft_redir");
            let found = problem(
                CHECK,
                "packet-filter-refused",
                format!("nf_tables refuses our rules: {why}"),
                "Without it containers reach neither the world outside nor names of each other.",
                format!(
                    "{command}; a kernel of one's own needs CONFIG_NF_TABLES and CONFIG_NFT_MASQ"
                ),
            );
            found.with("error", why).with("command", command)
        }
    }
}

/// What other programs' packet filters do with what is passed on between containers and the world.
fn forwarding(obstacles: &[Obstacle]) -> Finding {
    const CHECK: &str = "forwarding";
    let Some(first) = obstacles.first() else {
        return good(CHECK, "forwarding", "no other packet filter is in the way");
    };
    let next = match first {
        chain if chain.is_firewalld() => {
            "firewall-cmd --permanent --zone=trusted --add-interface=gb+ && firewall-cmd --reload"
                .to_owned()
        }
        Obstacle::Chain(name) => {
            let insert = |side| format!("nft insert rule {name} {side} '\"gb*\"' accept");
            format!("{}; {}", insert("iifname"), insert("oifname"))
        }
        Obstacle::Legacy(_) => "Install iptables-legacy (Debian and Ubuntu: sudo apt install iptables), then start the containers again".to_owned(),
    };
    let names: Vec<_> = obstacles.iter().map(ToString::to_string).collect();
    let names = names.join(", ");
    let found = note(
        CHECK,
        "forwarding-stopped",
        format!("{names} stops what is passed on, and has no place for rules of other programs"),
        "Containers do not reach the world outside. Published ports answer, but containers see this host as the sender.",
        &next,
    );
    let found = found.with("names", names);
    match first {
        // A sentence.
        Obstacle::Legacy(_) => found,
        Obstacle::Chain(_) => found.with("command", next),
    }
}

/// What keeps a computer that passes packets on for containers from doing so for others.
fn router(guards: &[Guard]) -> Option<Finding> {
    const CHECK: &str = "router";
    let first = guards.first()?;
    let tables: Vec<_> = guards.iter().map(|guard| guard.table).collect();
    let tables = tables.join(", ");
    if let Some(off) = guards.iter().find(|guard| !guard.is_on) {
        let next = format!("sudo sysctl {}=1", off.switch);
        let found = note(
            CHECK,
            "router-off",
            format!("{} was switched off again", off.switch),
            "Containers do not reach the world outside, and are not reached from there.",
            &next,
        );
        return Some(found.with("switch", off.switch).with("command", next));
    }
    let undo = format!("nft delete table inet {}", first.table);
    let found = good(
        CHECK,
        "router-guarded",
        format!(
            "packets are passed on for containers; between this computer's other networks {tables} stops them, until it starts anew"
        ),
    );
    let next = format!("If it is to be a router all the same: {undo}");
    let found = Finding { next, ..found };
    Some(found.with("tables", tables).with("command", undo))
}

/// What leads out of the networks of an ordinary user's containers.
fn way_out(machine: &Machine) -> Finding {
    const CHECK: &str = "way-out";
    let found = ["pasta", "slirp4netns"];
    match found
        .into_iter()
        .find(|name| machine.program(name).is_some())
    {
        Some("pasta") => good(CHECK, "way-out", "pasta"),
        Some(other) => with_fix(
            note(
                CHECK,
                "way-out-slow",
                format!("{other}, as pasta is missing"),
                "Containers reach the world outside; pasta is quicker.",
                "sudo apt install passt (passt on Fedora and Arch as well)",
            )
            .with("program", other),
            fix::package(machine, "passt"),
        ),
        None => with_fix(
            note(
                CHECK,
                "way-out-missing",
                "neither pasta nor slirp4netns is installed",
                "Containers reach each other and are reached through published ports, but not the world outside.",
                "sudo apt install passt (passt on Fedora and Arch as well)",
            ),
            fix::package(machine, "passt"),
        ),
    }
}

/// Both make an interface of it.
fn tunnel(machine: &Machine) -> Finding {
    const CHECK: &str = "tunnel";
    const DEVICE: &str = "/dev/net/tun";
    const WHY: &str =
        "pasta and slirp4netns need it: without it containers do not reach the world outside.";
    if !machine.has(DEVICE) {
        let missing = note(
            CHECK,
            "tunnel-missing",
            format!("{DEVICE} is missing"),
            WHY,
            "sudo modprobe tun; to have it after each start: echo tun | sudo tee /etc/modules-load.d/tun.conf",
        );
        return with_fix(
            missing,
            "modprobe tun\necho tun >/etc/modules-load.d/tun.conf\n",
        );
    }
    if access(machine.at(DEVICE), Access::READ_OK | Access::WRITE_OK).is_err() {
        let closed = note(
            CHECK,
            "tunnel-closed",
            format!("{DEVICE} may not be opened by {}", machine.user),
            WHY,
            format!("sudo chmod 0666 {DEVICE}, as udev has it everywhere else"),
        );
        let command = format!("sudo chmod 0666 {DEVICE}");
        return closed.with("user", &machine.user).with("command", command);
    }
    good(CHECK, "tunnel", DEVICE)
}

/// Published ports of running containers that lead nowhere.
fn lost_ports(machine: &Machine) -> Vec<Finding> {
    let views = super::containers::all(machine)
        .filter_map(|folder| View::read(&folder).ok())
        .filter(|view| !view.hidden);
    views
        .flat_map(|view| {
            let name = view.name.clone();
            let lost = view.place.lost.into_iter();
            lost.map(move |lost| {
                let port = lost.port;
                let address = std::net::SocketAddr::new(port.host, port.host_port);
                let found = note(
                    "published-port",
                    "published-port-lost",
                    format!(
                        "{address} no longer leads to port {}/{} of {name}: {}",
                        port.container_port, port.protocol, lost.why
                    ),
                    "Nobody reaches the container there.",
                    format!("Free the port, then: gantry restart {name}"),
                );
                found
                    .with("address", address)
                    .with("port", format!("{}/{}", port.container_port, port.protocol))
                    .with("container", &name)
                    .with("why", &lost.why)
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use gantry_wire::gantry::FindingState::{Good, Note, Problem};

    use super::super::machine::tests::{machine, write};
    use super::*;
    use crate::container::Folder;
    use crate::container::tests::view;
    use crate::network::LostPort;

    fn tried(filter: Tried) -> Probe {
        Probe {
            filter,
            ..Probe::default()
        }
    }

    #[test]
    fn a_filter_that_is_in_the_way_is_named_with_what_lets_it_pass() {
        assert_eq!(forwarding(&[]).state, Good);
        let chain = |name: &str| forwarding(&[Obstacle::Chain(name.to_owned())]);
        let found = chain("inet filter forward");
        assert_eq!(found.state, Note);
        let next = "nft insert rule inet filter forward iifname '\"gb*\"' accept";
        assert!(found.next.starts_with(next), "{}", found.next);
        let found = chain("inet firewalld filter_FORWARD");
        assert!(found.next.starts_with("firewall-cmd"), "{}", found.next);
        let found = forwarding(&[Obstacle::Legacy("ip6tables")]);
        assert!(
            found.what.starts_with("ip6tables-legacy FORWARD"),
            "{}",
            found.what
        );
    }

    #[test]
    fn a_way_out_needs_a_helper_and_the_tunnel() {
        let root = tempfile::tempdir().unwrap();
        let machine = machine(root.path(), 1000);
        let found = || check(&machine, &tried(Tried::Works), None, &[]);
        assert_eq!(found()[0].state, Good);
        assert_eq!((found()[1].state, found()[2].state), (Note, Note));
        write(&machine, "/usr/bin/slirp4netns", "");
        assert!(found()[1].what.contains("pasta is missing"));
        write(&machine, "/usr/bin/pasta", "");
        write(&machine, "/dev/net/tun", "");
        assert_eq!((found()[1].state, found()[2].state), (Good, Good));
    }

    #[test]
    fn a_kernel_without_the_filter_is_a_problem() {
        let root = tempfile::tempdir().unwrap();
        let machine = machine(root.path(), 0);
        let found = check(&machine, &tried(Tried::Fails(libc::EOPNOTSUPP)), None, &[]);
        assert_eq!((found.len(), found[0].state), (1, Problem));
        // Without `-a` the further names would be parameters of the first module.
        assert!(found[0].next.starts_with("modprobe -a "), "{found:?}");
    }

    #[test]
    fn what_keeps_the_host_from_being_a_router_is_named() {
        let guard = |is_on| Guard {
            table: "gantry-no-router",
            switch: "net.ipv4.ip_forward",
            is_on,
        };
        assert_eq!(router(&[]), None);
        let found = router(&[guard(true)]).unwrap();
        assert_eq!(found.state, Good);
        assert!(found.what.contains("gantry-no-router"), "{found:?}");
        assert!(found.next.contains("nft delete table"), "{found:?}");
        let found = router(&[guard(false)]).unwrap();
        assert_eq!(found.state, Note);
        assert_eq!(found.next, "sudo sysctl net.ipv4.ip_forward=1");
    }

    #[test]
    fn lost_ports_are_told_with_who_has_them() {
        let root = tempfile::tempdir().unwrap();
        let machine = machine(root.path(), 0);
        let mut view = view();
        view.place = crate::network::tests::place();
        view.place.lost = vec![LostPort {
            port: gantry_network::PublishedPort {
                protocol: gantry_network::Protocol::Tcp,
                host: "127.0.0.1".parse().unwrap(),
                host_port: 8001,
                last_host_port: None,
                container_port: 80,
            },
            why: "Process 7 (nginx) has it.".to_owned(),
        }];
        let folder = Folder::new(&machine.data.join("containers"), view.id());
        std::fs::create_dir_all(folder.path()).unwrap();
        view.save(&folder, gantry_file::Durability::Quick).unwrap();
        let found = &check(&machine, &tried(Tried::Works), None, &[])[1];
        assert!(found.what.contains("nginx"), "{found:?}");
        assert_eq!(found.next, "Free the port, then: gantry restart web");
    }
}

//! The packet filters of other programs, which may drop what is passed on between our networks and
//! the world: what one chain accepts, the next can still drop. Docker and ufw leave a place for
//! rules that come first; where there is none, nothing is done and `gantry doctor` says so.

use std::io;

use crate::netlink::{ForeignChain, Rule, Socket};

const IPV4: u8 = 2;
const IPV6: u8 = 10;
/// The table and chain of iptables.
const FILTER: &str = "filter";
const FORWARD: &str = "FORWARD";
/// Where Docker wants rules of others, which it goes through first and never changes.
const DOCKER_USER: &str = "DOCKER-USER";

/// Lets packets of the bridges whose names begin with `prefix` through. The error names what is in
/// the way.
pub fn open(filter: &mut Socket, prefix: &str) -> Result<(), String> {
    let chains = filter.chains().map_err(|error| error.to_string())?;
    // Which of them, our own table decides.
    let rules = [
        Rule::default().output_prefix(prefix).accept(),
        Rule::default().input_prefix(prefix).accept(),
    ];
    let mut obstacles = Vec::new();
    for chain in obstacles_among(&chains) {
        let done = match entrance(chain, &chains) {
            Some(entrance) => filter.insert_once(entrance, &rules, &comment(prefix)),
            None => Err(io::Error::other("it has no place for rules of others")),
        };
        if let Err(error) = done {
            obstacles.push(format!("{}: {error}", name(chain)));
        }
    }
    if obstacles.is_empty() {
        return Ok(());
    }
    Err(obstacles.join("; "))
}

/// Takes away what [`open`] has put there.
pub fn close(filter: &mut Socket, prefix: &str) {
    let chains = filter.chains().unwrap_or_default();
    for chain in chains.iter().filter(|chain| is_entrance(chain)) {
        if let Err(error) = filter.remove_inserted(chain, &comment(prefix)) {
            eprintln!("rules stay in {}: {error}", name(chain));
        }
    }
}

/// Chains of other programs in this thread's network namespace that stop what is passed on, and
/// have no place for rules of ours: family, table and name.
pub fn obstacles() -> io::Result<Vec<String>> {
    let chains = Socket::netfilter()?.chains()?;
    let drop = obstacles_among(&chains).filter(|chain| entrance(chain, &chains).is_none());
    // It lets published ports through, and refuses what goes out in its last rules.
    let firewalld = chains
        .iter()
        .filter(|chain| chain.forwards && !chain.drops && chain.table == "firewalld");
    Ok(drop.chain(firewalld).map(name).collect())
}

fn obstacles_among(chains: &[ForeignChain]) -> impl Iterator<Item = &ForeignChain> {
    chains.iter().filter(|chain| chain.forwards && chain.drops)
}

/// The chain whose first rules come before those of an obstacle.
fn entrance<'a>(
    obstacle: &'a ForeignChain,
    chains: &'a [ForeignChain],
) -> Option<&'a ForeignChain> {
    if !is_entrance(obstacle) {
        return None;
    }
    let docker = chains.iter().find(|chain| {
        chain.family == obstacle.family && is_entrance(chain) && chain.name == DOCKER_USER
    });
    Some(docker.unwrap_or(obstacle))
}

/// Where programs like ours put rules of theirs.
fn is_entrance(chain: &ForeignChain) -> bool {
    matches!(chain.family, IPV4 | IPV6)
        && chain.table == FILTER
        && matches!(&*chain.name, FORWARD | DOCKER_USER)
}

fn comment(prefix: &str) -> String {
    format!("gantry: {prefix}")
}

/// As `nft list chain` wants it.
fn name(chain: &ForeignChain) -> String {
    let family = match chain.family {
        IPV4 => "ip",
        IPV6 => "ip6",
        _ => "inet",
    };
    format!("{family} {} {}", chain.table, chain.name)
}

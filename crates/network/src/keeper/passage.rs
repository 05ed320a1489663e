//! The packet filters of other programs, which may stop what is passed on between our networks and
//! the world: what one chain accepts, the next can still drop. Docker, ufw and whoever else uses
//! iptables leave a place for rules that come first; firewalld is told of our bridges by the engine.
//! Where there is no way, nothing is done and `gantry doctor` says so.

use std::fmt;
use std::io;

use gantry_packet::complain;

use crate::netlink::{ForeignChain, Rule, Socket};
use crate::xtables::{Family, Table, Writer};

const IPV4: u8 = 2;
const IPV6: u8 = 10;
/// The table and chain of iptables.
const FILTER: &str = "filter";
const FORWARD: &str = "FORWARD";
/// Where Docker wants rules of others, which it goes through first and never changes.
const DOCKER_USER: &str = "DOCKER-USER";
/// The table of firewalld, which lets through what is in its zone `trusted`.
const FIREWALLD: &str = "firewalld";
/// How iptables says that a packet came from, or goes to, one of these interfaces.
const SIDES: [&str; 2] = ["-i", "-o"];

/// What stops what is passed on, and has no place for rules of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// A chain of nf_tables: family, table and name, as `nft list chain` wants it.
    Chain(String),
    /// The chain FORWARD of this program, which is not here to change it.
    Legacy(&'static str),
}

impl Obstacle {
    /// It may come to know our bridges, whose engine tells it of them.
    pub fn is_firewalld(&self) -> bool {
        matches!(self, Self::Chain(name) if name.contains(&format!(" {FIREWALLD} ")))
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chain(name) => formatter.write_str(name),
            Self::Legacy(program) => write!(formatter, "{program}-legacy {FORWARD}"),
        }
    }
}

/// Our way through what others have written.
#[derive(Debug)]
pub struct Passage {
    /// What the names of our bridges begin with.
    prefix: String,
    /// Where programs are looked for.
    path: String,
}

impl Passage {
    pub fn new(prefix: String, path: String) -> Self {
        Self { prefix, path }
    }

    /// Lets packets of the bridges through, given the chains that there are. The error names what is
    /// in the way.
    pub fn open(&self, filter: &mut Socket, chains: &[ForeignChain]) -> Result<(), String> {
        // Which of them, our own table decides.
        let rules = [
            Rule::default().output_prefix(&self.prefix).accept(),
            Rule::default().input_prefix(&self.prefix).accept(),
        ];
        let mut obstacles = Vec::new();
        for chain in obstacles_among(chains) {
            let closed = || Err(io::Error::other("it has no place for rules of others"));
            let done = match entrance(chain, chains) {
                Some(entrance) => filter.insert_once(entrance, &rules, &self.comment()),
                None if chain.table == FIREWALLD => {
                    match filter.knows_interfaces(chain, &self.prefix) {
                        Ok(false) => closed(),
                        done => done.map(drop),
                    }
                }
                None => closed(),
            };
            if let Err(error) = done {
                obstacles.push(format!("{}: {error}", name(chain)));
            }
        }
        for family in Family::ALL {
            if let Err(error) = self.open_legacy(family) {
                obstacles.push(format!("{}: {error}", Obstacle::Legacy(family.program())));
            }
        }
        if obstacles.is_empty() {
            return Ok(());
        }
        Err(obstacles.join("; "))
    }

    fn open_legacy(&self, family: Family) -> io::Result<()> {
        let comment = self.comment();
        let table = Table::read(family)?;
        let Some(table) = table.filter(|table| table.stops() && !table.mentions(&comment)) else {
            return Ok(());
        };
        let writer = self.writer(family)?;
        let chain = if table.has_chain(DOCKER_USER) {
            DOCKER_USER
        } else {
            FORWARD
        };
        for side in SIDES {
            writer.insert(chain, &self.legacy_rule(side, &comment))?;
        }
        Ok(())
    }

    /// Takes away what [`Self::open`] has put there.
    pub fn close(&self, filter: &mut Socket) {
        let chains = filter.chains().unwrap_or_default();
        for chain in chains.iter().filter(|chain| is_entrance(chain)) {
            if let Err(error) = filter.remove_inserted(chain, &self.comment()) {
                complain(format_args!("rules stay in {}", name(chain)), error);
            }
        }
        for family in Family::ALL {
            if let Err(error) = self.close_legacy(family) {
                complain(
                    format_args!("rules stay in {}", Obstacle::Legacy(family.program())),
                    error,
                );
            }
        }
    }

    fn close_legacy(&self, family: Family) -> io::Result<()> {
        let comment = self.comment();
        let has_some = || {
            let table = Table::read(family)?;
            io::Result::Ok(table.filter(|table| table.mentions(&comment)))
        };
        if has_some()?.is_none() {
            return Ok(());
        }
        let writer = self.writer(family)?;
        for chain in [DOCKER_USER, FORWARD] {
            for side in SIDES {
                // It is in one of the two.
                let _ = writer.delete(chain, &self.legacy_rule(side, &comment));
            }
        }
        match has_some()? {
            None => Ok(()),
            Some(_) => Err(io::Error::other("the program did not remove them")),
        }
    }

    fn writer(&self, family: Family) -> io::Result<Writer> {
        let found = Writer::find(family, &self.path);
        found.ok_or_else(|| io::Error::other("the program is missing"))
    }

    /// One of the two rules in the words of iptables.
    fn legacy_rule(&self, side: &str, comment: &str) -> [String; 8] {
        let bridges = format!("{}+", self.prefix);
        let words = [
            side,
            &bridges,
            "-m",
            "comment",
            "--comment",
            comment,
            "-j",
            "ACCEPT",
        ];
        words.map(str::to_owned)
    }

    fn comment(&self) -> String {
        format!("gantry: {}", self.prefix)
    }
}

/// What of other programs in this thread's network namespace stops what is passed on, and has no
/// place for rules of ours. Programs are looked for in `path`.
pub fn obstacles(path: &str) -> io::Result<Vec<Obstacle>> {
    let chains = Socket::netfilter()?.chains()?;
    let drop = obstacles_among(&chains).filter(|chain| entrance(chain, &chains).is_none());
    let mut found: Vec<_> = drop.map(|chain| Obstacle::Chain(name(chain))).collect();
    for family in Family::ALL {
        let stops = Table::read(family)?.is_some_and(|table| table.stops());
        if stops && Writer::find(family, path).is_none() {
            found.push(Obstacle::Legacy(family.program()));
        }
    }
    Ok(found)
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

/// As `nft list chain` wants it.
fn name(chain: &ForeignChain) -> String {
    let family = match chain.family {
        IPV4 => "ip",
        IPV6 => "ip6",
        _ => "inet",
    };
    format!("{family} {} {}", chain.table, chain.name)
}

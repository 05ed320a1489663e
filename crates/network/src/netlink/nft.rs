//! Packet filters (nf_tables): one table, replaced as a whole in one transaction.

use std::io;

use super::message::{Message, NLM_F_APPEND, NLM_F_CREATE};
use super::{Rule, Socket};

const NFNL_MSG_BATCH_BEGIN: u16 = 0x10;
const NFNL_MSG_BATCH_END: u16 = 0x11;
/// NFNL_SUBSYS_NFTABLES, in the upper byte of each kind.
const NFTABLES: u16 = 10 << 8;
const NEWTABLE: u16 = NFTABLES;
const DELTABLE: u16 = NFTABLES | 2;
pub(super) const NEWCHAIN: u16 = NFTABLES | 3;
pub(super) const GETCHAIN: u16 = NFTABLES | 4;
pub(super) const NEWRULE: u16 = NFTABLES | 6;
pub(super) const GETRULE: u16 = NFTABLES | 7;
pub(super) const DELRULE: u16 = NFTABLES | 8;

/// NFPROTO_INET: IPv4 and IPv6 in one table.
const INET: u8 = 1;

/// A table of the family `inet`.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: String,
    pub chains: Vec<Chain>,
}

/// Rules at one point of a packet's way.
#[derive(Debug, Clone)]
pub struct Chain {
    pub name: &'static str,
    /// `None` where only a jump leads.
    pub hook: Option<Hook>,
    pub rules: Vec<Rule>,
}

/// Where a chain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
    /// Where packets that come in are seen before the kernel looks for their connection.
    Raw,
    /// The same for those of this namespace's own programs.
    OwnRaw,
    /// Where packets are first seen whose connection is known.
    Arrival,
    /// Right behind it.
    BehindArrival,
    /// Where packets that come in may be sent elsewhere.
    Destination,
    /// Where packets of this namespace's own programs may be sent elsewhere.
    OwnDestination,
    /// Where packets that are passed on may be stopped.
    Forward,
    /// Where the sender is replaced of packets that go out.
    Source,
}

impl Hook {
    /// Type, number and priority.
    fn place(self) -> (&'static str, u32, i32) {
        match self {
            Self::Raw => ("filter", 0, -300),
            Self::OwnRaw => ("filter", 3, -300),
            Self::Arrival => ("filter", 0, -150),
            Self::BehindArrival => ("filter", 0, -149),
            Self::Destination => ("nat", 0, -100),
            Self::OwnDestination => ("nat", 3, -100),
            Self::Forward => ("filter", 2, 0),
            Self::Source => ("nat", 4, 100),
        }
    }
}

impl Socket {
    /// Puts a table in the place of the one of that name.
    pub fn replace_table(&mut self, table: &Table) -> io::Result<()> {
        let named = |kind, flags| Message::new(kind, flags, &generic()).text(1, &table.name);
        // Made first, so that there is one to remove.
        let mut messages = vec![
            named(NEWTABLE, NLM_F_CREATE),
            named(DELTABLE, 0),
            named(NEWTABLE, NLM_F_CREATE),
        ];
        for chain in &table.chains {
            let made = Message::new(NEWCHAIN, NLM_F_CREATE, &generic())
                .text(1, &table.name)
                .text(3, chain.name);
            messages.push(match chain.hook.map(Hook::place) {
                None => made,
                Some((kind, number, priority)) => made
                    .nest(4, |hook| {
                        hook.big(1, number).big(2, priority.cast_unsigned())
                    })
                    .text(7, kind),
            });
            messages.extend(
                chain
                    .rules
                    .iter()
                    .map(|rule| added(&table.name, chain, rule)),
            );
        }
        self.batch(messages)
    }

    /// Puts the rules of one chain of a table in the place of those that are there.
    pub fn replace_rules(&mut self, table: &str, chain: &Chain) -> io::Result<()> {
        let emptied = Message::new(DELRULE, 0, &generic())
            .text(1, table)
            .text(2, chain.name);
        let rules = chain.rules.iter().map(|rule| added(table, chain, rule));
        self.batch([emptied].into_iter().chain(rules).collect())
    }

    /// Removes a table; what is not there is removed already.
    pub fn remove_table(&mut self, name: &str) -> io::Result<()> {
        let named = |kind, flags| Message::new(kind, flags, &generic()).text(1, name);
        self.batch(vec![named(NEWTABLE, NLM_F_CREATE), named(DELTABLE, 0)])
    }

    pub(super) fn batch(&mut self, messages: Vec<Message>) -> io::Result<()> {
        // Family unspecified, version 0, then the subsystem in network order.
        let fixed = [0, 0, 0, (NFTABLES >> 8) as u8];
        let edge = |kind| Message::new(kind, 0, &fixed);
        self.transaction(
            edge(NFNL_MSG_BATCH_BEGIN),
            messages,
            edge(NFNL_MSG_BATCH_END),
        )
    }
}

/// A rule behind the others of its chain.
fn added(table: &str, chain: &Chain, rule: &Rule) -> Message {
    Message::new(NEWRULE, NLM_F_CREATE | NLM_F_APPEND, &generic())
        .text(1, table)
        .text(2, chain.name)
        .nest(4, |list| rule.put(list))
}

/// `struct nfgenmsg` of the family `inet`.
fn generic() -> [u8; 4] {
    [INET, 0, 0, 0]
}

//! Packet filters of other programs: what chains there are, and rules of ours in them, which carry
//! a comment by which they are found again.

use std::io;

use super::message::{Message, NLM_F_CREATE, NLM_F_DUMP, Received, attributes, big, text};
use super::nft::{DELRULE, GETCHAIN, GETRULE, NEWCHAIN, NEWRULE};
use super::{Rule, Socket};

const CHAIN_TABLE: u16 = 1;
const CHAIN_NAME: u16 = 3;
const CHAIN_HOOK: u16 = 4;
const CHAIN_POLICY: u16 = 5;
const HOOK_NUMBER: u16 = 1;
const RULE_TABLE: u16 = 1;
const RULE_CHAIN: u16 = 2;
const RULE_HANDLE: u16 = 3;
const RULE_EXPRESSIONS: u16 = 4;
const RULE_USERDATA: u16 = 7;

/// NF_INET_FORWARD.
const FORWARD: u32 = 2;
const NF_DROP: u32 = 0;

/// A chain of somebody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignChain {
    /// NFPROTO_INET, NFPROTO_IPV4 or NFPROTO_IPV6 among others.
    pub family: u8,
    pub table: String,
    pub name: String,
    /// Whether packets that are passed on begin here.
    pub forwards: bool,
    /// Whether those are dropped that no rule decides about.
    pub drops: bool,
}

impl Socket {
    /// Every chain of this namespace.
    pub fn chains(&mut self) -> io::Result<Vec<ForeignChain>> {
        self.list(Message::new(GETCHAIN, NLM_F_DUMP, &[0; 4]), read_chain)
    }

    /// Puts rules before those of a chain, unless there are some with that comment.
    pub fn insert_once(
        &mut self,
        chain: &ForeignChain,
        rules: &[Rule],
        comment: &str,
    ) -> io::Result<()> {
        if !self.handles(chain, comment)?.is_empty() {
            return Ok(());
        }
        let rules = rules.iter().map(|rule| {
            chain
                .message(NEWRULE, NLM_F_CREATE)
                .nest(RULE_EXPRESSIONS, |list| rule.put(list))
                .bytes(RULE_USERDATA, &userdata(comment))
        });
        self.batch(rules.collect())
    }

    /// Takes them away.
    pub fn remove_inserted(&mut self, chain: &ForeignChain, comment: &str) -> io::Result<()> {
        let handles = self.handles(chain, comment)?;
        let removed = handles.into_iter().map(|handle| {
            let message = chain.message(DELRULE, 0);
            message.bytes(RULE_HANDLE, &handle)
        });
        self.batch(removed.collect())
    }

    fn handles(&mut self, chain: &ForeignChain, comment: &str) -> io::Result<Vec<[u8; 8]>> {
        let wanted = userdata(comment);
        self.list(chain.message(GETRULE, NLM_F_DUMP), |answer| {
            let own = |wanted| {
                let mut all = attributes(answer.body.get(4..)?);
                all.find(|(kind, _)| *kind == wanted)
            };
            let (_, found) = own(RULE_USERDATA)?;
            let (_, handle) = own(RULE_HANDLE)?;
            (found == wanted).then_some(handle.try_into().ok()?)
        })
    }
}

impl ForeignChain {
    fn message(&self, kind: u16, flags: u16) -> Message {
        Message::new(kind, flags, &[self.family, 0, 0, 0])
            .text(RULE_TABLE, &self.table)
            .text(RULE_CHAIN, &self.name)
    }
}

fn read_chain(answer: Received<'_>) -> Option<ForeignChain> {
    if answer.kind != NEWCHAIN {
        return None;
    }
    let mut chain = ForeignChain {
        family: *answer.body.first()?,
        table: String::new(),
        name: String::new(),
        forwards: false,
        drops: false,
    };
    for (kind, value) in attributes(answer.body.get(4..)?) {
        match kind {
            CHAIN_TABLE => chain.table = text(value),
            CHAIN_NAME => chain.name = text(value),
            CHAIN_POLICY => chain.drops = big(value, 0) == Some(NF_DROP),
            CHAIN_HOOK => {
                let mut hook = attributes(value);
                let number = hook.find(|(kind, _)| *kind == HOOK_NUMBER);
                chain.forwards = number.and_then(|(_, value)| big(value, 0)) == Some(FORWARD);
            }
            _ => {}
        }
    }
    Some(chain)
}

/// A comment as `nft` keeps it: type 0, length, text with the zero byte that ends it.
fn userdata(comment: &str) -> Vec<u8> {
    let mut data = vec![0, comment.len() as u8 + 1];
    data.extend(comment.as_bytes());
    data.push(0);
    data
}

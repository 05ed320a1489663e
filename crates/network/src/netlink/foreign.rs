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

/// What a list holds one by one.
const ELEMENT: u16 = 1;
const EXPRESSION_NAME: u16 = 1;
const EXPRESSION_DATA: u16 = 2;
/// Of an `immediate`: a value, which may be a verdict, which has a code.
const IMMEDIATE_DATA: u16 = 2;
const DATA_VERDICT: u16 = 2;
const VERDICT_CODE: u16 = 1;
/// Of a `cmp`: a value with which is compared.
const COMPARE_DATA: u16 = 3;
const DATA_VALUE: u16 = 1;
/// Of the target of an iptables that speaks nf_tables.
const TARGET_NAME: u16 = 1;

/// NF_INET_FORWARD.
const FORWARD: u32 = 2;
const NF_DROP: u32 = 0;
/// NFPROTO_INET, NFPROTO_IPV4 and NFPROTO_IPV6: those of `bridge` see other packets.
const FAMILIES: [u8; 3] = [1, 2, 10];

/// A chain of somebody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignChain {
    /// NFPROTO_INET, NFPROTO_IPV4 or NFPROTO_IPV6 among others.
    pub family: u8,
    pub table: String,
    pub name: String,
    /// Whether packets that are passed on begin here.
    pub forwards: bool,
    /// Whether those are stopped that no other rule decides about: by the policy, or by the last
    /// rule, as firewalld and many a distribution's iptables have it.
    pub drops: bool,
}

impl Socket {
    /// Every chain of this namespace.
    pub fn chains(&mut self) -> io::Result<Vec<ForeignChain>> {
        let message = Message::new(GETCHAIN, NLM_F_DUMP, &[0; 4]);
        let mut chains = self.list(message, read_chain)?;
        for chain in &mut chains {
            if chain.forwards && !chain.drops {
                chain.drops = self.last_rule_stops(chain)?;
            }
        }
        Ok(chains)
    }

    fn last_rule_stops(&mut self, chain: &ForeignChain) -> io::Result<bool> {
        let message = chain.message(GETRULE, NLM_F_DUMP);
        let stops = self.list(message, |answer| {
            let rule = find(answer.body.get(4..)?, RULE_EXPRESSIONS)?;
            Some(stops_everything(rule))
        })?;
        Ok(stops.last().copied().unwrap_or_default())
    }

    /// Whether a chain's table has rules about interfaces whose names begin so, or with a part of it.
    pub fn knows_interfaces(&mut self, chain: &ForeignChain, prefix: &str) -> io::Result<bool> {
        let message = Message::new(GETRULE, NLM_F_DUMP, &[chain.family, 0, 0, 0]);
        let message = message.text(RULE_TABLE, &chain.table);
        let known = self.list(message, |answer| {
            let rule = find(answer.body.get(4..)?, RULE_EXPRESSIONS)?;
            let mut compared = expressions(rule).filter_map(|(name, data)| {
                let value = find(data, COMPARE_DATA).filter(|_| name == "cmp")?;
                Some(text(find(value, DATA_VALUE)?))
            });
            compared
                .any(|name| name.len() > 1 && prefix.starts_with(&name))
                .then_some(())
        })?;
        Ok(!known.is_empty())
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
            let own = |wanted| find(answer.body.get(4..)?, wanted);
            let (found, handle) = (own(RULE_USERDATA)?, own(RULE_HANDLE)?);
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

/// An attribute among others.
fn find(bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    let mut all = attributes(bytes);
    all.find(|(kind, _)| *kind == wanted)
        .map(|(_, value)| value)
}

/// The steps of a rule: what each is called, and what belongs to it.
fn expressions(rule: &[u8]) -> impl Iterator<Item = (String, &[u8])> {
    let steps = attributes(rule).filter(|(kind, _)| *kind == ELEMENT);
    steps.filter_map(|(_, step)| {
        let name = text(find(step, EXPRESSION_NAME)?);
        Some((name, find(step, EXPRESSION_DATA).unwrap_or_default()))
    })
}

/// Whether a rule has no condition and drops or refuses.
fn stops_everything(rule: &[u8]) -> bool {
    let mut stops = false;
    for (name, data) in expressions(rule) {
        stops = match &*name {
            "counter" | "log" => stops,
            "reject" => true,
            "target" => find(data, TARGET_NAME).is_some_and(|name| text(name) == "REJECT"),
            "immediate" => find(data, IMMEDIATE_DATA)
                .and_then(|value| find(value, DATA_VERDICT))
                .and_then(|verdict| find(verdict, VERDICT_CODE))
                .is_some_and(|code| big(code, 0) == Some(NF_DROP)),
            _ => return false,
        };
    }
    stops
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
    chain.forwards &= FAMILIES.contains(&chain.family);
    Some(chain)
}

/// A comment as `nft` keeps it: type 0, length, text with the zero byte that ends it.
fn userdata(comment: &str) -> Vec<u8> {
    let mut data = vec![0, comment.len() as u8 + 1];
    data.extend(comment.as_bytes());
    data.push(0);
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netlink::message::messages;

    /// What the kernel would show of a rule, as far as it is looked at.
    fn stops(rule: &Rule) -> bool {
        let message = Message::new(NEWRULE, 0, &[]).nest(RULE_EXPRESSIONS, |list| rule.put(list));
        let bytes = message.finish(1);
        let received = messages(&bytes).next().unwrap();
        stops_everything(attributes(received.body).next().unwrap().1)
    }

    #[test]
    fn a_rule_without_condition_stops_everything_if_it_drops_or_refuses() {
        assert!(stops(&Rule::default().drop()));
        assert!(stops(&Rule::default().reset()));
        assert!(!stops(&Rule::default()));
        assert!(!stops(&Rule::default().accept()));
        assert!(!stops(&Rule::default().protocol(6).drop()));
        assert!(!stops(&Rule::default().jump("ports")));
    }
}

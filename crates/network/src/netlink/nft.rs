//! Packet filters (nf_tables): one table, replaced as a whole in one transaction.

use std::io;
use std::net::IpAddr;

use ipnet::IpNet;

use super::Socket;
use super::message::{Message, NLM_F_APPEND, NLM_F_CREATE};

const NFNL_MSG_BATCH_BEGIN: u16 = 0x10;
const NFNL_MSG_BATCH_END: u16 = 0x11;
/// NFNL_SUBSYS_NFTABLES, in the upper byte of each kind.
const NFTABLES: u16 = 10 << 8;
const NEWTABLE: u16 = NFTABLES;
const DELTABLE: u16 = NFTABLES | 2;
const NEWCHAIN: u16 = NFTABLES | 3;
const NEWRULE: u16 = NFTABLES | 6;

/// NFPROTO_INET: IPv4 and IPv6 in one table.
const INET: u8 = 1;
const NFPROTO_IPV4: u8 = 2;
const NFPROTO_IPV6: u8 = 10;

const META_IIFNAME: u32 = 6;
const META_OIFNAME: u32 = 7;
const META_NFPROTO: u32 = 15;
const META_L4PROTO: u32 = 16;
const BASE_NETWORK: u32 = 1;
const BASE_TRANSPORT: u32 = 2;
const CMP_EQ: u32 = 0;
const CMP_NEQ: u32 = 1;
/// The kernel's first register of 16 bytes, and its second.
const REGISTER: u32 = 1;
const SECOND_REGISTER: u32 = 2;
const VERDICT_REGISTER: u32 = 0;
const NF_DROP: u32 = 0;
const NF_ACCEPT: u32 = 1;
const DNAT: u32 = 1;
/// ESTABLISHED and RELATED of the connection's state.
const KNOWN_CONNECTION: u32 = 2 | 4;
/// IFNAMSIZ.
const NAME: usize = 16;

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
    pub hook: Hook,
    pub rules: Vec<Rule>,
}

/// Where a chain stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hook {
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
            Self::OwnDestination => ("nat", 3, -100),
            Self::Forward => ("filter", 2, 0),
            Self::Source => ("nat", 4, 100),
        }
    }
}

/// Conditions and what happens where all are met.
#[derive(Debug, Clone, Default)]
pub struct Rule(Vec<Expression>);

#[derive(Debug, Clone)]
enum Expression {
    Meta(u32),
    Payload { base: u32, offset: u32, length: u32 },
    Mask(Vec<u8>),
    Compare { operation: u32, value: Vec<u8> },
    KnownConnection,
    Immediate { register: u32, value: Vec<u8> },
    Verdict(u32),
    Masquerade,
    Redirect { family: u8 },
}

impl Rule {
    /// Came in through exactly this interface.
    pub fn input(self, name: &str) -> Self {
        self.meta(META_IIFNAME, CMP_EQ, whole_name(name))
    }

    /// Came in through an interface whose name begins so.
    pub fn input_prefix(self, prefix: &str) -> Self {
        self.meta(META_IIFNAME, CMP_EQ, prefix.as_bytes().to_vec())
    }

    pub fn output(self, name: &str) -> Self {
        self.meta(META_OIFNAME, CMP_EQ, whole_name(name))
    }

    pub fn output_prefix(self, prefix: &str) -> Self {
        self.meta(META_OIFNAME, CMP_EQ, prefix.as_bytes().to_vec())
    }

    /// Goes out through any other interface.
    pub fn not_output(self, name: &str) -> Self {
        self.meta(META_OIFNAME, CMP_NEQ, whole_name(name))
    }

    pub fn source(self, net: IpNet) -> Self {
        let offset = if net.addr().is_ipv4() { 12 } else { 8 };
        self.network(net, offset)
    }

    pub fn destination(self, net: IpNet) -> Self {
        let offset = if net.addr().is_ipv4() { 16 } else { 24 };
        self.network(net, offset)
    }

    /// Of this protocol (IPPROTO_TCP, IPPROTO_UDP), to this port.
    pub fn port(self, protocol: u8, port: u16) -> Self {
        let mut rule = self.meta(META_L4PROTO, CMP_EQ, vec![protocol]);
        rule.0.push(Expression::Payload {
            base: BASE_TRANSPORT,
            offset: 2,
            length: 2,
        });
        rule.compare(CMP_EQ, port.to_be_bytes().to_vec())
    }

    /// Belongs to a connection that was let through before.
    pub fn known_connection(mut self) -> Self {
        self.0.push(Expression::KnownConnection);
        self
    }

    pub fn accept(self) -> Self {
        self.then(Expression::Verdict(NF_ACCEPT))
    }

    pub fn drop(self) -> Self {
        self.then(Expression::Verdict(NF_DROP))
    }

    /// The sender becomes this host.
    pub fn masquerade(self) -> Self {
        self.then(Expression::Masquerade)
    }

    /// The packet goes to another address and port.
    pub fn redirect(self, to: IpAddr, port: u16) -> Self {
        let (family, address) = octets(to);
        self.then(Expression::Immediate {
            register: REGISTER,
            value: address,
        })
        .then(Expression::Immediate {
            register: SECOND_REGISTER,
            value: port.to_be_bytes().to_vec(),
        })
        .then(Expression::Redirect { family })
    }

    fn meta(self, key: u32, operation: u32, value: Vec<u8>) -> Self {
        self.then(Expression::Meta(key)).compare(operation, value)
    }

    fn network(self, net: IpNet, offset: u32) -> Self {
        let (family, address) = octets(net.network());
        let (_, mask) = octets(net.netmask());
        let mut rule = self.meta(META_NFPROTO, CMP_EQ, vec![family]);
        rule.0.push(Expression::Payload {
            base: BASE_NETWORK,
            offset,
            length: address.len() as u32,
        });
        rule.then(Expression::Mask(mask)).compare(CMP_EQ, address)
    }

    fn compare(self, operation: u32, value: Vec<u8>) -> Self {
        self.then(Expression::Compare { operation, value })
    }

    fn then(mut self, expression: Expression) -> Self {
        self.0.push(expression);
        self
    }
}

impl Expression {
    fn put(&self, list: Message) -> Message {
        const ELEMENT: u16 = 1;
        const NAME: u16 = 1;
        const DATA: u16 = 2;
        let (name, data): (&str, Box<dyn FnOnce(Message) -> Message>) = match self {
            Self::Meta(key) => ("meta", Box::new(|m| m.big(1, REGISTER).big(2, *key))),
            Self::Payload {
                base,
                offset,
                length,
            } => (
                "payload",
                Box::new(|m| {
                    m.big(1, REGISTER)
                        .big(2, *base)
                        .big(3, *offset)
                        .big(4, *length)
                }),
            ),
            Self::Mask(mask) => (
                "bitwise",
                Box::new(|m| {
                    m.big(1, REGISTER)
                        .big(2, REGISTER)
                        .big(3, mask.len() as u32)
                        .nest(4, |data| data.bytes(1, mask))
                        .nest(5, |data| data.bytes(1, &vec![0; mask.len()]))
                }),
            ),
            Self::Compare { operation, value } => (
                "cmp",
                Box::new(|m| {
                    m.big(1, REGISTER)
                        .big(2, *operation)
                        .nest(3, |data| data.bytes(1, value))
                }),
            ),
            // NFT_CT_STATE is key 0.
            Self::KnownConnection => ("ct", Box::new(|m| m.big(1, REGISTER).big(2, 0))),
            Self::Immediate { register, value } => (
                "immediate",
                Box::new(|m| m.big(1, *register).nest(2, |data| data.bytes(1, value))),
            ),
            Self::Verdict(code) => (
                "immediate",
                Box::new(|m| {
                    m.big(1, VERDICT_REGISTER)
                        .nest(2, |data| data.nest(2, |verdict| verdict.big(1, *code)))
                }),
            ),
            Self::Masquerade => ("masq", Box::new(|m| m)),
            Self::Redirect { family } => (
                "nat",
                Box::new(|m| {
                    m.big(1, DNAT)
                        .big(2, u32::from(*family))
                        .big(3, REGISTER)
                        .big(5, SECOND_REGISTER)
                }),
            ),
        };
        let list = list.nest(ELEMENT, |element| element.text(NAME, name).nest(DATA, data));
        if matches!(self, Self::KnownConnection) {
            // Some bit of the state is set that says so.
            let bits = KNOWN_CONNECTION.to_ne_bytes().to_vec();
            let list = Self::Mask(bits).put(list);
            let none = Self::Compare {
                operation: CMP_NEQ,
                value: vec![0; 4],
            };
            return none.put(list);
        }
        list
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
            let (kind, number, priority) = chain.hook.place();
            messages.push(
                Message::new(NEWCHAIN, NLM_F_CREATE, &generic())
                    .text(1, &table.name)
                    .text(3, chain.name)
                    .nest(4, |hook| {
                        hook.big(1, number).big(2, priority.cast_unsigned())
                    })
                    .text(7, kind),
            );
            for rule in &chain.rules {
                messages.push(
                    Message::new(NEWRULE, NLM_F_CREATE | NLM_F_APPEND, &generic())
                        .text(1, &table.name)
                        .text(2, chain.name)
                        .nest(4, |list| {
                            rule.0
                                .iter()
                                .fold(list, |list, expression| expression.put(list))
                        }),
                );
            }
        }
        self.batch(messages)
    }

    /// Removes a table; what is not there is removed already.
    pub fn remove_table(&mut self, name: &str) -> io::Result<()> {
        let named = |kind, flags| Message::new(kind, flags, &generic()).text(1, name);
        self.batch(vec![named(NEWTABLE, NLM_F_CREATE), named(DELTABLE, 0)])
    }

    fn batch(&mut self, messages: Vec<Message>) -> io::Result<()> {
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

/// `struct nfgenmsg` of the family `inet`.
fn generic() -> [u8; 4] {
    [INET, 0, 0, 0]
}

fn whole_name(name: &str) -> Vec<u8> {
    let mut bytes = name.as_bytes().to_vec();
    bytes.resize(NAME, 0);
    bytes
}

fn octets(address: IpAddr) -> (u8, Vec<u8>) {
    match address {
        IpAddr::V4(address) => (NFPROTO_IPV4, address.octets().to_vec()),
        IpAddr::V6(address) => (NFPROTO_IPV6, address.octets().to_vec()),
    }
}

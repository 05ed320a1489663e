//! One rule of a packet filter, as nf_tables takes it: small steps that load, compare and act.

use std::net::IpAddr;

use ipnet::IpNet;

use super::message::Message;

const NFPROTO_IPV4: u8 = 2;
const NFPROTO_IPV6: u8 = 10;

const META_MARK: u32 = 3;
const META_IIFNAME: u32 = 6;
const META_OIFNAME: u32 = 7;
const META_NFPROTO: u32 = 15;
const META_L4PROTO: u32 = 16;
const META_IIFKIND: u32 = 26;
const META_OIFKIND: u32 = 27;
const BASE_NETWORK: u32 = 1;
const BASE_TRANSPORT: u32 = 2;
const CMP_EQ: u32 = 0;
const CMP_NEQ: u32 = 1;
/// The kernel's first register of 16 bytes, and its second.
const REGISTER: u32 = 1;
const SECOND_REGISTER: u32 = 2;
const VERDICT_REGISTER: u32 = 0;
/// NFT_JUMP, which is -3.
const JUMP: u32 = 0xffff_fffd;
const NF_DROP: u32 = 0;
const NF_ACCEPT: u32 = 1;
/// How many queues share the packets, from number 0 on.
const QUEUES: u16 = 1;
/// Where no program answers, packets go on.
const BYPASS: u16 = 1;
const DNAT: u32 = 1;
/// What is known of a connection.
const CT_STATE: u32 = 0;
const CT_STATUS: u32 = 2;
/// IPS_DST_NAT of its status.
const TARGET_CHANGED: u32 = 1 << 5;
/// ESTABLISHED and RELATED of its state, and NEW.
const KNOWN: u32 = 2 | 4;
const NEW: u32 = 8;
/// NFT_REJECT_TCP_RST and NFT_REJECT_ICMPX_UNREACH.
const REJECT_RESET: u32 = 1;
const REJECT_UNREACHABLE: u32 = 2;
/// NFT_REJECT_ICMPX_HOST_UNREACH.
const HOST_UNREACHABLE: u8 = 2;
/// NFT_FIB_RESULT_ADDRTYPE of NFTA_FIB_F_DADDR, and RTN_LOCAL.
const FIB_KIND: u32 = 3;
const FIB_DESTINATION: u32 = 2;
const LOCAL: u32 = 2;
/// IFNAMSIZ.
const NAME: usize = 16;

/// Conditions and what happens where all are met.
#[derive(Debug, Clone, Default)]
pub struct Rule(Vec<Expression>);

/// How the kernel is told to ask a program: not every one has every way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// With an expression of nf_tables.
    Queue,
    /// With the target of iptables.
    Target,
}

#[derive(Debug, Clone)]
enum Expression {
    Meta(u32),
    Payload { base: u32, offset: u32, length: u32 },
    Mask(Vec<u8>),
    Compare { operation: u32, value: Vec<u8> },
    Connection(u32),
    Immediate { register: u32, value: Vec<u8> },
    Verdict(u32),
    Jump(&'static str),
    DestinationKind,
    Untracked,
    Masquerade,
    Redirect { family: u8 },
    Reject { kind: u32, code: u8 },
    Ask(Asking),
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

    /// Came in through an interface of this kind, as `ip link` names it.
    pub fn input_kind(self, kind: &str) -> Self {
        self.meta(META_IIFKIND, CMP_EQ, whole_name(kind))
    }

    pub fn output_kind(self, kind: &str) -> Self {
        self.meta(META_OIFKIND, CMP_EQ, whole_name(kind))
    }

    /// Is of IPv4, or of IPv6.
    pub fn family(self, ipv4: bool) -> Self {
        let family = if ipv4 { NFPROTO_IPV4 } else { NFPROTO_IPV6 };
        self.meta(META_NFPROTO, CMP_EQ, vec![family])
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
        self.protocol(protocol).port_at(2, port)
    }

    /// Of this protocol, from this port.
    pub fn source_port(self, protocol: u8, port: u16) -> Self {
        self.protocol(protocol).port_at(0, port)
    }

    /// Carries this mark.
    pub fn mark(self, mark: u32) -> Self {
        self.meta(META_MARK, CMP_EQ, mark.to_ne_bytes().to_vec())
    }

    /// To an address of this host.
    pub fn for_this_host(self) -> Self {
        self.then(Expression::DestinationKind)
            .compare(CMP_EQ, LOCAL.to_ne_bytes().to_vec())
    }

    /// Of this protocol (IPPROTO_TCP, IPPROTO_UDP).
    pub fn protocol(self, protocol: u8) -> Self {
        self.meta(META_L4PROTO, CMP_EQ, vec![protocol])
    }

    /// Belongs to a connection that was let through before.
    pub fn known_connection(self) -> Self {
        self.connection(CT_STATE, KNOWN)
    }

    /// Belongs to a connection that was led to another target.
    pub fn redirected_connection(self) -> Self {
        self.connection(CT_STATUS, TARGET_CHANGED)
    }

    /// Begins a connection.
    pub fn new_connection(self) -> Self {
        self.connection(CT_STATE, NEW)
    }

    pub fn accept(self) -> Self {
        self.then(Expression::Verdict(NF_ACCEPT))
    }

    /// Goes through the rules of another chain, and comes back.
    pub fn jump(self, chain: &'static str) -> Self {
        self.then(Expression::Jump(chain))
    }

    pub fn drop(self) -> Self {
        self.then(Expression::Verdict(NF_DROP))
    }

    /// A program decides: see [`super::Queue`].
    pub fn ask(self, how: Asking) -> Self {
        self.then(Expression::Ask(how))
    }

    /// Refused, as by a host where nobody listens.
    pub fn reset(self) -> Self {
        self.then(Expression::Reject {
            kind: REJECT_RESET,
            code: 0,
        })
    }

    /// Refused, as by a network that knows no way.
    pub fn unreachable(self) -> Self {
        self.then(Expression::Reject {
            kind: REJECT_UNREACHABLE,
            code: HOST_UNREACHABLE,
        })
    }

    /// It belongs to no connection that the kernel keeps account of.
    pub fn untracked(self) -> Self {
        self.then(Expression::Untracked)
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

    /// Has one of these bits set in what is known of its connection.
    fn connection(self, key: u32, bits: u32) -> Self {
        self.then(Expression::Connection(key))
            .then(Expression::Mask(bits.to_ne_bytes().to_vec()))
            .compare(CMP_NEQ, vec![0; 4])
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

    fn port_at(self, offset: u32, port: u16) -> Self {
        self.then(Expression::Payload {
            base: BASE_TRANSPORT,
            offset,
            length: 2,
        })
        .compare(CMP_EQ, port.to_be_bytes().to_vec())
    }

    fn compare(self, operation: u32, value: Vec<u8>) -> Self {
        self.then(Expression::Compare { operation, value })
    }

    fn then(mut self, expression: Expression) -> Self {
        self.0.push(expression);
        self
    }
}

impl Rule {
    /// As a list of attributes.
    pub(super) fn put(&self, list: Message) -> Message {
        self.0.iter().fold(list, |list, one| one.put(list))
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
            Self::Connection(key) => ("ct", Box::new(|m| m.big(1, REGISTER).big(2, *key))),
            Self::Immediate { register, value } => (
                "immediate",
                Box::new(|m| m.big(1, *register).nest(2, |data| data.bytes(1, value))),
            ),
            Self::DestinationKind => (
                "fib",
                Box::new(|m| m.big(1, REGISTER).big(2, FIB_KIND).big(3, FIB_DESTINATION)),
            ),
            Self::Jump(chain) => (
                "immediate",
                Box::new(|m| {
                    m.big(1, VERDICT_REGISTER).nest(2, |data| {
                        data.nest(2, |verdict| verdict.big(1, JUMP).text(2, chain))
                    })
                }),
            ),
            Self::Verdict(code) => (
                "immediate",
                Box::new(|m| {
                    m.big(1, VERDICT_REGISTER)
                        .nest(2, |data| data.nest(2, |verdict| verdict.big(1, *code)))
                }),
            ),
            Self::Untracked => ("notrack", Box::new(|m| m)),
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
            Self::Ask(Asking::Queue) => (
                "queue",
                Box::new(|m| {
                    m.bytes(1, &0_u16.to_be_bytes())
                        .bytes(2, &QUEUES.to_be_bytes())
                        .bytes(3, &BYPASS.to_be_bytes())
                }),
            ),
            Self::Ask(Asking::Target) => (
                "target",
                // `struct xt_NFQ_info_v3`, padded to eight bytes.
                Box::new(|m| {
                    let info = [0, QUEUES, BYPASS, 0].map(u16::to_ne_bytes).concat();
                    m.text(1, "NFQUEUE").big(2, 3).bytes(3, &info)
                }),
            ),
            Self::Reject { kind, code } => {
                ("reject", Box::new(|m| m.big(1, *kind).bytes(2, &[*code])))
            }
        };
        list.nest(ELEMENT, |element| element.text(NAME, name).nest(DATA, data))
    }
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

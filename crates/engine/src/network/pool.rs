//! Free subnets and free addresses.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use gantry_network::Cidr;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::record::Subnet;

/// The first subnet of Docker's pools that overlaps with none of those.
pub(crate) fn free_subnet(taken: &[IpNet]) -> Option<Ipv4Net> {
    let sixteens = (17..32).filter_map(|second| Ipv4Net::new([172, second, 0, 0].into(), 16).ok());
    let twenties =
        (0..16).filter_map(|part| Ipv4Net::new([192, 168, part * 16, 0].into(), 20).ok());
    let small = (0..=255).filter_map(|third| Ipv4Net::new([10, 213, third, 0].into(), 24).ok());
    sixteens
        .chain(twenties)
        .chain(small)
        .find(|candidate| !taken.iter().any(|net| overlap(*net, (*candidate).into())))
}

/// A random unique local prefix (RFC 4193).
pub(crate) fn random_ipv6_subnet() -> Option<Ipv6Net> {
    let mut octets = [0; 16];
    octets[0] = 0xfd;
    octets[1..6].copy_from_slice(&rand::random::<[u8; 5]>());
    Ipv6Net::new(Ipv6Addr::from(octets), 64).ok()
}

pub(crate) fn overlap(one: IpNet, other: IpNet) -> bool {
    one.contains(&other) || other.contains(&one)
}

/// The first address of a subnet for hosts, which the network itself takes.
pub(crate) fn gateway_of(subnet: IpNet) -> Option<Cidr> {
    let first = match subnet {
        IpNet::V4(net) => IpAddr::V4(offset4(net.network(), 1)),
        IpNet::V6(net) => IpAddr::V6(Ipv6Addr::from(u128::from(net.network()) + 1)),
    };
    IpNet::new(first, subnet.prefix_len()).ok().map(Cidr)
}

/// The next free address after `last`, beginning anew at the end: an address that was just given
/// up is used again late.
pub(crate) fn free_address(
    subnet: &Subnet,
    last: Option<IpAddr>,
    taken: &BTreeSet<IpAddr>,
) -> Option<Cidr> {
    let whole = subnet.gateway.trunc();
    let range = subnet.range.map_or(whole, |range| range.trunc());
    let (low, high) = bounds(range, whole);
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    };
    let begin = last.map_or(low, |last| number(last) + 1);
    let begin = if (low..=high).contains(&begin) {
        begin
    } else {
        low
    };
    // No network has more containers than this, so one of them is free, or none.
    let most = 1 << 20;
    let behind = (begin..=high).take(most);
    let candidate = behind.chain((low..begin).take(most)).find_map(|value| {
        let address = match whole {
            IpNet::V4(_) => IpAddr::V4(Ipv4Addr::from(u32::try_from(value).ok()?)),
            IpNet::V6(_) => IpAddr::V6(Ipv6Addr::from(value)),
        };
        (!subnet.keeps(address) && !taken.contains(&address)).then_some(address)
    })?;
    IpNet::new(candidate, whole.prefix_len()).ok().map(Cidr)
}

/// The first and the last address that a host of the network may have.
fn bounds(range: IpNet, whole: IpNet) -> (u128, u128) {
    match (range, whole) {
        (IpNet::V4(range), IpNet::V4(whole)) => {
            let (low, high) = (u32::from(range.network()), u32::from(range.broadcast()));
            let edges = whole.prefix_len() < 31;
            let first = u32::from(whole.network()) + u32::from(edges);
            let last = u32::from(whole.broadcast()) - u32::from(edges);
            (low.max(first).into(), high.min(last).into())
        }
        (range, _) => {
            let number = |address| match address {
                IpAddr::V4(address) => u128::from(u32::from(address)),
                IpAddr::V6(address) => u128::from(address),
            };
            (number(range.network()) + 1, number(range.broadcast()))
        }
    }
}

fn offset4(address: Ipv4Addr, by: u32) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(address).saturating_add(by))
}

/// Where the host's routes lead, default routes and those through `own` interfaces left out.
pub(crate) fn host_routes(is_own: impl Fn(&str) -> bool) -> Vec<IpNet> {
    let four = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
    let six = std::fs::read_to_string("/proc/net/ipv6_route").unwrap_or_default();
    let four = four
        .lines()
        .skip(1)
        .filter_map(|line| route4(line, &is_own));
    four.chain(six.lines().filter_map(|line| route6(line, &is_own)))
        .collect()
}

/// A line of /proc/net/route: interface, then target and mask among others, in the machine's order.
fn route4(line: &str, is_own: &impl Fn(&str) -> bool) -> Option<IpNet> {
    let fields: Vec<_> = line.split_whitespace().collect();
    if is_own(fields.first()?) {
        return None;
    }
    let number = |index: usize| u32::from_str_radix(fields.get(index)?, 16).ok();
    let (target, mask) = (number(1)?.to_ne_bytes(), number(7)?.to_ne_bytes());
    let net = Ipv4Net::with_netmask(target.into(), mask.into()).ok()?;
    (net.prefix_len() > 0).then_some(net.into())
}

/// A line of /proc/net/ipv6_route: target and its length first, the interface last.
fn route6(line: &str, is_own: &impl Fn(&str) -> bool) -> Option<IpNet> {
    let fields: Vec<_> = line.split_whitespace().collect();
    if is_own(fields.last()?) {
        return None;
    }
    let target = u128::from_str_radix(fields.first()?, 16).ok()?;
    let length = u8::from_str_radix(fields.get(1)?, 16).ok()?;
    let net = Ipv6Net::new(target.into(), length).ok()?;
    (length > 0).then_some(net.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> IpNet {
        text.parse().unwrap()
    }

    #[test]
    fn a_subnet_avoids_what_is_there() {
        let free = |taken: &[&str]| {
            let taken: Vec<_> = taken.iter().map(|text| net(text)).collect();
            free_subnet(&taken).map(|found| found.to_string())
        };
        assert_eq!(free(&[]).unwrap(), "172.17.0.0/16");
        assert_eq!(free(&["172.17.3.0/24"]).unwrap(), "172.18.0.0/16");
        assert_eq!(free(&["172.16.0.0/12"]).unwrap(), "192.168.0.0/20");
        assert_eq!(free(&["0.0.0.0/0"]), None);
    }

    #[test]
    fn addresses_are_used_again_late_and_the_gateway_never() {
        let subnet = Subnet::of("10.9.0.1/29".parse().unwrap());
        let mut taken = BTreeSet::new();
        let mut last = None;
        let mut given = Vec::new();
        while let Some(address) = free_address(&subnet, last, &taken) {
            taken.insert(address.addr());
            last = Some(address.addr());
            given.push(address.to_string());
        }
        assert_eq!(
            given,
            [
                "10.9.0.2/29",
                "10.9.0.3/29",
                "10.9.0.4/29",
                "10.9.0.5/29",
                "10.9.0.6/29"
            ]
        );
        taken.remove(&"10.9.0.3".parse().unwrap());
        let again = free_address(&subnet, last, &taken).unwrap();
        assert_eq!(again.to_string(), "10.9.0.3/29");
        let reserved = [("router".to_owned(), "10.9.0.3".parse().unwrap())].into();
        let kept = Subnet { reserved, ..subnet };
        assert_eq!(free_address(&kept, last, &taken), None);
    }

    #[test]
    fn a_range_limits_what_is_chosen() {
        let subnet = Subnet {
            range: "10.9.5.0/24".parse().ok(),
            ..Subnet::of("10.9.0.1/16".parse().unwrap())
        };
        let first = free_address(&subnet, None, &BTreeSet::new()).unwrap();
        assert_eq!(first.to_string(), "10.9.5.0/16");
    }

    #[test]
    fn ipv6_begins_behind_the_gateway() {
        let subnet = Subnet::of("fd00::1/64".parse().unwrap());
        let first = free_address(&subnet, None, &BTreeSet::new()).unwrap();
        assert_eq!(first.to_string(), "fd00::2/64");
    }

    #[test]
    fn routes_are_read_as_the_kernel_writes_them() {
        let line = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0";
        let mine = |name: &str| name == "gb1";
        if cfg!(target_endian = "little") {
            assert_eq!(route4(line, &mine), Some(net("192.0.2.0/24")));
        }
        assert_eq!(route4(&line.replace("eth0", "gb1"), &mine), None);
        let line = "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 \
                    00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0";
        assert_eq!(route6(line, &mine), Some(net("fd00::/64")));
    }
}

//! The ports of a container as a person thinks of them.

use gantry_view::{Port, RunPort};

/// A port that is open on every address of this computer, with IPv4 and with IPv6, is one port.
pub fn told_once(ports: &[Port]) -> Vec<Port> {
    let mut all: Vec<Port> = Vec::new();
    for port in ports {
        let mut one = port.clone();
        if matches!(one.address.as_str(), "0.0.0.0" | "::") {
            one.address.clear();
        }
        let is_same = |known: &Port| {
            (known.host, known.container) == (one.host, one.container)
                && (&known.address, &known.protocol) == (&one.address, &one.protocol)
        };
        if !all.iter().any(is_same) {
            all.push(one);
        }
    }
    all
}

/// The port to add or to take away; nothing for one that only its networks reach.
pub fn to_change(port: &Port) -> Option<RunPort> {
    Some(RunPort {
        host: port.host?,
        container: port.container,
        protocol: port.protocol.clone(),
        address: port.address.clone(),
    })
}

#[cfg(test)]
mod tests {
    use gantry_view::Port;

    use super::{to_change, told_once};

    fn port(host: Option<u16>, address: &str) -> Port {
        Port {
            container: 80,
            protocol: "tcp".to_owned(),
            host,
            address: address.to_owned(),
            lost: None,
        }
    }

    #[test]
    fn both_families_are_one_port() {
        let both = told_once(&[port(Some(8001), "0.0.0.0"), port(Some(8001), "::")]);
        assert_eq!(both.len(), 1);
        let change = to_change(&both[0]).expect("published");
        assert_eq!((change.host, change.address.as_str()), (8001, ""));
        let apart = [port(Some(8001), "127.0.0.1"), port(Some(8002), "127.0.0.1")];
        assert_eq!(told_once(&apart).len(), 2);
        assert_eq!(to_change(&port(None, "")), None);
    }
}

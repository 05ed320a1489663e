//! The interfaces of a container's network namespace.

use gantry_wire::NetworkStats;

use super::kept::{number, words};

/// Reads `/proc/PID/net/dev`; the loopback leads nowhere and is not counted, as in Docker.
pub(super) fn interfaces(text: &[u8]) -> Vec<(String, NetworkStats)> {
    let lines = text.split(|byte| *byte == b'\n').skip(2);
    let interfaces = lines.filter_map(|line| {
        let at = line.iter().position(|byte| *byte == b':')?;
        let name = std::str::from_utf8(line[..at].trim_ascii()).ok()?;
        let mut fields = words(&line[at + 1..]).map_while(number);
        let mut take = [0; 12];
        for field in &mut take {
            *field = fields.next()?;
        }
        let [
            rx_bytes,
            rx_packets,
            rx_errors,
            rx_dropped,
            ..,
            tx_bytes,
            tx_packets,
            tx_errors,
            tx_dropped,
        ] = take;
        let stats = NetworkStats {
            rx_bytes,
            rx_packets,
            rx_errors,
            rx_dropped,
            tx_bytes,
            tx_packets,
            tx_errors,
            tx_dropped,
        };
        (name != "lo").then(|| (name.to_owned(), stats))
    });
    interfaces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_interface_but_the_loopback_is_counted() {
        let text = b"Inter-|   Receive  |  Transmit\n face |bytes packets\n\
            \x20   lo:     10       1    0    0    0     0          0         0       10       1    0    0    0     0       0          0\n\
            \x20 eth0:1234567      20    1    2    0     0          0         0      765      11    3    4    0     0       0          0\n";
        let found = interfaces(text);
        let expected = NetworkStats {
            rx_bytes: 1_234_567,
            rx_packets: 20,
            rx_errors: 1,
            rx_dropped: 2,
            tx_bytes: 765,
            tx_packets: 11,
            tx_errors: 3,
            tx_dropped: 4,
        };
        assert_eq!(found, [("eth0".to_owned(), expected)]);
    }
}

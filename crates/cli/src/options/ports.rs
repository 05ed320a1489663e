//! Ports: `[[ip:]host:]container[/protocol]`, each with ranges.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use anyhow::{Context, bail};
use gantry_wire::{PortBinding, PortMap};

/// What is exposed and where it is published.
#[derive(Debug, Default)]
pub(super) struct Ports {
    pub(super) exposed: BTreeSet<String>,
    pub(super) bindings: PortMap,
}

pub(super) fn parse(publish: &[String], expose: &[String]) -> anyhow::Result<Ports> {
    let mut ports = Ports::default();
    for text in publish {
        add(&mut ports, text).with_context(|| format!("--publish {text}"))?;
    }
    for text in expose {
        let (range, protocol) = split_protocol(text)?;
        for port in numbers(range).with_context(|| format!("--expose {text}"))? {
            ports.exposed.insert(format!("{port}/{protocol}"));
        }
    }
    Ok(ports)
}

fn add(ports: &mut Ports, text: &str) -> anyhow::Result<()> {
    let (rest, protocol) = split_protocol(text)?;
    let (rest, container) = match rest.rsplit_once(':') {
        Some((rest, container)) => (Some(rest), container),
        None => (None, rest),
    };
    let (address, host) = match rest {
        None => ("", ""),
        Some(rest) => match rest.rsplit_once(':') {
            Some((address, host)) => (address, host),
            None => ("", rest),
        },
    };
    let address = address.trim_start_matches('[').trim_end_matches(']');
    let container = numbers(container)?;
    let host = match host {
        "" => None,
        host => Some(numbers(host)?),
    };
    if let Some(host) = &host
        && host.len() != container.len()
        && container.len() != 1
    {
        bail!("the ranges differ in length");
    }
    for (index, port) in container.clone().enumerate() {
        let host_port = match &host {
            None => String::new(),
            // A range for one port means any of them.
            Some(host) if container.len() == 1 && host.len() > 1 => {
                format!("{}-{}", host.start(), host.end())
            }
            Some(host) => (usize::from(*host.start()) + index).to_string(),
        };
        let name = format!("{port}/{protocol}");
        ports.exposed.insert(name.clone());
        ports
            .bindings
            .entry(name)
            .or_default()
            .get_or_insert_default()
            .push(PortBinding {
                host_ip: address.to_owned(),
                host_port,
            });
    }
    Ok(())
}

fn split_protocol(text: &str) -> anyhow::Result<(&str, &str)> {
    match text.split_once('/') {
        None => Ok((text, "tcp")),
        Some((rest, protocol @ ("tcp" | "udp" | "sctp"))) => Ok((rest, protocol)),
        Some((_, other)) => bail!("unknown protocol: \"{other}\""),
    }
}

fn numbers(text: &str) -> anyhow::Result<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (first.parse::<u16>(), last.parse::<u16>()) {
        (Ok(first), Ok(last)) if first <= last && first > 0 => Ok(first..=last),
        _ => bail!("invalid port: \"{text}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bindings(text: &str) -> Vec<(String, String, String)> {
        let ports = parse(&[text.to_owned()], &[]).unwrap();
        ports
            .bindings
            .into_iter()
            .flat_map(|(name, bindings)| {
                bindings
                    .unwrap_or_default()
                    .into_iter()
                    .map(move |binding| (name.clone(), binding.host_ip, binding.host_port))
            })
            .collect()
    }

    fn one(name: &str, address: &str, host: &str) -> Vec<(String, String, String)> {
        vec![(name.to_owned(), address.to_owned(), host.to_owned())]
    }

    #[test]
    fn every_spelling_is_read() {
        assert_eq!(bindings("80"), one("80/tcp", "", ""));
        assert_eq!(bindings("8001:80/udp"), one("80/udp", "", "8001"));
        assert_eq!(
            bindings("127.0.0.1:8001:80"),
            one("80/tcp", "127.0.0.1", "8001")
        );
        assert_eq!(bindings("127.0.0.1::80"), one("80/tcp", "127.0.0.1", ""));
        assert_eq!(bindings("[::1]:8001:80"), one("80/tcp", "::1", "8001"));
        assert_eq!(bindings("8000-8005:80"), one("80/tcp", "", "8000-8005"));
        assert_eq!(bindings("8000-8001:80-81").len(), 2);
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "0", "http", "80/ip", "8000-8001:80-82", "9-8", "70000"] {
            assert!(parse(&[text.to_owned()], &[]).is_err(), "{text}");
        }
    }
}

//! Networks, as far as they exist: `none` and `host`; the default network stands for `none`.

use gantry_wire::ContainerCreate;

use crate::{Error, Result};

/// The networks that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    /// The host's own.
    Host,
    /// A loopback interface and nothing else.
    None,
}

/// What a network mode means. The default network is without a way out until bridges exist.
pub(crate) fn of(mode: &str) -> Result<Network> {
    match mode {
        "host" => Ok(Network::Host),
        "none" | "" | "default" | "bridge" => Ok(Network::None),
        other if other.starts_with("container:") => Err(unsupported(
            other,
            "sharing another container's network is not there yet",
        )),
        // User-defined networks are not there yet, so no other name can exist.
        other => Err(Error::NoSuchNetwork(other.to_owned())),
    }
}

/// Refuses networks that do not exist, and says what the default one lacks.
pub(super) fn check(body: &ContainerCreate, warnings: &mut Vec<String>) -> Result<()> {
    let host = &body.host_config;
    let network = of(&host.network_mode)?;
    for name in body.networking_config.endpoints_config.keys() {
        of(name)?;
    }
    if network == Network::Host {
        if !body.config.hostname.is_empty() && host.uts_mode == "host" {
            return Err(Error::Invalid(
                "conflicting options: hostname and the UTS mode".to_owned(),
            ));
        }
        return Ok(());
    }
    if host.network_mode != "none" && !body.config.network_disabled {
        warnings.push(
            "The bridge network is not there yet: the container has no network, as with --network none."
                .to_owned(),
        );
    }
    let ports: Vec<_> = host.port_bindings.keys().map(String::as_str).collect();
    if !ports.is_empty() {
        warnings.push(format!(
            "Published ports are not there yet: {}.",
            ports.join(", ")
        ));
    } else if host.publish_all_ports {
        warnings.push("Published ports are not there yet: --publish-all does nothing.".to_owned());
    }
    Ok(())
}

fn unsupported(mode: &str, why: &str) -> Error {
    Error::Unsupported {
        option: format!("--network {mode}"),
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_network_says_what_it_lacks_and_none_says_nothing() {
        let warnings = |mode: &str| {
            let mut body = ContainerCreate::default();
            body.host_config.network_mode = mode.into();
            let mut warnings = Vec::new();
            check(&body, &mut warnings).map(|()| warnings.len())
        };
        assert_eq!(warnings("default").unwrap(), 1);
        assert_eq!(warnings("bridge").unwrap(), 1);
        assert_eq!(warnings("none").unwrap(), 0);
        assert_eq!(warnings("host").unwrap(), 0);
        assert!(warnings("mynet").is_err());
    }
}

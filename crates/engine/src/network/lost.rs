//! Published ports of running containers that cannot be published again: a keeper was killed, or
//! the way in moved to another network, and somebody took the port meanwhile.

use gantry_network::PublishedPort;
use serde::{Deserialize, Serialize};

use super::state::Networks;
use crate::Error;
use crate::container::{Registry, View};

/// A port that should lead to a container and does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LostPort {
    #[serde(flatten)]
    pub(crate) port: PublishedPort,
    /// A sentence.
    pub(crate) why: String,
}

/// What became of ports that were published again.
#[derive(Debug, Default)]
pub(crate) struct Published {
    pub(crate) ports: Vec<PublishedPort>,
    pub(crate) lost: Vec<LostPort>,
}

impl Networks {
    /// Publishes as many of a running container's ports as can be.
    pub(crate) async fn publish_most(
        &self,
        registry: &Registry,
        view: &View,
        ports: Vec<PublishedPort>,
    ) -> Published {
        let mut published = Published::default();
        if ports.is_empty() {
            return published;
        }
        if let Ok(ports) = self.publish(registry, view, ports.clone()).await {
            published.ports = ports;
            return published;
        }
        for port in ports {
            match self.publish(registry, view, vec![port]).await {
                Ok(bound) => published.ports.extend(bound),
                Err(error) => published.lost.push(LostPort {
                    port,
                    why: reason(&error),
                }),
            }
        }
        published
    }
}

fn reason(error: &Error) -> String {
    let why = error.why();
    if why.is_empty() {
        error.to_string()
    } else {
        why
    }
}

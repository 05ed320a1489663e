use gantry_view::{Container, ContainerState, Ending, EndingCause, Health, Port};
use gantry_wire::gantry;

use super::like;
use crate::networks::attachment;
use crate::time::millis;
use crate::volumes::mount;

/// The label by which Compose groups its containers.
const PROJECT: &str = "com.docker.compose.project";

pub(crate) fn row(row: gantry::Container) -> Container {
    let error = if row.lost && row.error.is_empty() {
        "supervisor lost".to_owned()
    } else {
        row.error
    };
    Container {
        id: row.id,
        name: row.name,
        image: row.image,
        image_id: row.image_id,
        state: state(row.state),
        exit_code: row.exit_code.map(i64::from),
        oom_killed: row.oom_killed,
        health: row.health.as_deref().and_then(health),
        ending: row.ending.map(ending),
        error,
        command: row.command,
        created_at: row.created.as_millisecond(),
        started_at: row.started_at.and_then(millis),
        finished_at: row.finished_at.and_then(millis),
        ports: ports(row.ports, &row.lost_ports),
        mounts: row.mounts.into_iter().map(mount).collect(),
        project: row.labels.get(PROJECT).cloned(),
        network: network(&row.network_mode),
        networks: row.networks.into_iter().map(attachment).collect(),
        tty: row.tty,
        auto_remove: row.auto_remove,
        cpu_limit_millis: like::cpu_millis(row.nano_cpus.unwrap_or_default()),
    }
}

fn health(word: &str) -> Option<Health> {
    match word {
        "starting" => Some(Health::Starting),
        "healthy" => Some(Health::Healthy),
        "unhealthy" => Some(Health::Unhealthy),
        _ => None,
    }
}

fn ending(ending: gantry::Ending) -> Ending {
    use gantry::EndingCause as Wire;
    Ending {
        cause: match ending.cause {
            Wire::Finished => EndingCause::Finished,
            Wire::Failed => EndingCause::Failed,
            Wire::Crashed => EndingCause::Crashed,
            Wire::KilledByOthers => EndingCause::KilledByOthers,
            Wire::Stopped => EndingCause::Stopped,
            Wire::StoppedByForce => EndingCause::StoppedByForce,
            Wire::Killed => EndingCause::Killed,
            Wire::OutOfMemory => EndingCause::OutOfMemory,
            Wire::SupervisorLost => EndingCause::SupervisorLost,
            Wire::NotStarted => EndingCause::NotStarted,
        },
        exit_code: ending.exit_code.into(),
        signal: ending.signal,
        memory_limit: ending.memory_limit,
        failed_checks: ending.failed_checks,
        lines: ending.lines,
    }
}

pub(super) fn state(state: gantry_wire::ContainerState) -> ContainerState {
    use gantry_wire::ContainerState as Wire;
    match state {
        Wire::Created => ContainerState::Created,
        Wire::Running => ContainerState::Running,
        Wire::Paused => ContainerState::Paused,
        Wire::Restarting => ContainerState::Restarting,
        Wire::Removing => ContainerState::Removing,
        Wire::Exited => ContainerState::Exited,
        Wire::Dead => ContainerState::Dead,
    }
}

/// What leads into the container, then what should and does not.
fn ports(ports: Vec<gantry_wire::Port>, lost: &[gantry::LostPort]) -> Vec<Port> {
    let ports = ports.into_iter().map(port);
    ports.chain(lost_ports(lost)).collect()
}

pub(super) fn lost_ports(lost: &[gantry::LostPort]) -> impl Iterator<Item = Port> {
    lost.iter().map(|one| Port {
        lost: Some(one.why.clone()),
        ..port(one.port.clone())
    })
}

fn port(port: gantry_wire::Port) -> Port {
    Port {
        container: port.private_port,
        protocol: port.r#type,
        host: (port.public_port != 0).then_some(port.public_port),
        address: port.ip,
        lost: None,
    }
}

/// The default network by the name that it has.
fn network(mode: &str) -> String {
    match mode {
        "" | "default" => "bridge",
        named => named,
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_the_table_shows() {
        let row = row(gantry::Container {
            id: "a".into(),
            state: gantry_wire::ContainerState::Exited,
            exit_code: Some(137),
            lost: true,
            labels: [(PROJECT.to_owned(), "shop".to_owned())].into(),
            ports: vec![gantry_wire::Port {
                private_port: 80,
                r#type: "tcp".into(),
                ..gantry_wire::Port::default()
            }],
            lost_ports: vec![gantry::LostPort {
                why: "Taken.".into(),
                ..gantry::LostPort::default()
            }],
            ..gantry::Container::default()
        });
        assert_eq!(row.error, "supervisor lost");
        assert_eq!(row.project.as_deref(), Some("shop"));
        assert_eq!(row.network, "bridge");
        assert_eq!(row.ports[0].host, None);
        assert_eq!(row.ports[1].lost.as_deref(), Some("Taken."));
        assert_eq!(row.exit_code, Some(137));
    }
}

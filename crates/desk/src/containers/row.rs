use gantry_view::{Container, ContainerState, Port};
use gantry_wire::gantry;

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
        error,
        command: row.command,
        created_at: row.created.as_millisecond(),
        started_at: row.started_at.and_then(millis),
        finished_at: row.finished_at.and_then(millis),
        ports: row.ports.into_iter().map(port).collect(),
        mounts: row.mounts.into_iter().map(mount).collect(),
        project: row.labels.get(PROJECT).cloned(),
        network: network(&row.network_mode),
        tty: row.tty,
        auto_remove: row.auto_remove,
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

fn port(port: gantry_wire::Port) -> Port {
    Port {
        container: port.private_port,
        protocol: port.r#type,
        host: (port.public_port != 0).then_some(port.public_port),
        address: port.ip,
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
            ..gantry::Container::default()
        });
        assert_eq!(row.error, "supervisor lost");
        assert_eq!(row.project.as_deref(), Some("shop"));
        assert_eq!(row.network, "bridge");
        assert_eq!(row.ports[0].host, None);
        assert_eq!(row.exit_code, Some(137));
    }
}

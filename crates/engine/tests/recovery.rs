//! What a restarted engine finds.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::{IMAGE, until, with_engine};
use futures_util::StreamExt;
use gantry_engine::{
    ContainerQuery, EventQuery, Filters, ImageRemoval, Outcome, RemoveOptions, StopOptions,
};
use gantry_shim::ShimRecord;
use gantry_shim::protocol::{self, FromShim, Hello, PacketError, Request, ToShim, VERSION};
use gantry_wire::ContainerState;
use gantry_wire::gantry::RemoveContainer;

#[test]
fn a_running_container_is_found_again_with_its_whole_log() {
    with_engine(async |rig| {
        let script = "i=0; while [ $i -lt 80 ]; do echo $i; i=$((i+1)); sleep 0.05; done; exit 9";
        let id = rig.run("long", script).await;
        rig.wrote(&id, "3").await;
        let pid = rig.state(&id).await.pid;
        let rig = rig.reopen().await;
        let state = rig.state("long").await;
        assert_eq!((state.status, state.pid), (ContainerState::Running, pid));
        assert_eq!(rig.wait(&id).await, 9);
        let written = rig.output(&id).await;
        let expected: Vec<_> = (0..80).map(|line| line.to_string()).collect();
        assert_eq!(written.lines().collect::<Vec<_>>(), expected);
        rig.clean().await;
    });
}

#[test]
fn a_container_that_ended_meanwhile_has_its_exit_code() {
    with_engine(async |rig| {
        let id = rig.run("short", "sleep 0.5; exit 6").await;
        let folder = rig.root().join("containers").join(&id);
        let rig = {
            let engine = rig.engine.clone();
            engine.close().await;
            drop(engine);
            // The supervisor ends with the container, engine or not.
            until("its end", || folder.join("exit.json").exists()).await;
            rig.reopen().await
        };
        let state = rig.state(&id).await;
        assert_eq!((state.status, state.exit_code), (ContainerState::Exited, 6));
        rig.clean().await;
    });
}

#[test]
fn a_lost_supervisor_ends_its_container_and_says_so() {
    with_engine(async |rig| {
        let id = rig.run("orphan", "sleep 100").await;
        let folder = rig.root().join("containers").join(&id);
        let shim = ShimRecord::read(&folder).unwrap().unwrap().shim;
        let pid = rustix::process::Pid::from_raw(shim.pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        assert_eq!(rig.wait(&id).await, 137);
        assert_eq!(rig.state(&id).await.error, "supervisor lost");
        assert!(!folder.join("shim.json").exists());
        rig.engine.start(&id).await.unwrap();
        rig.clean().await;
    });
}

#[test]
fn half_made_and_removed_containers_are_swept() {
    with_engine(async |rig| {
        let id = rig.create("kept", "true").await;
        rig.create("hidden", "true").await;
        let request = RemoveContainer {
            undo_ms: Some(60_000),
            ..RemoveContainer::default()
        };
        rig.engine
            .remove_container_later("hidden", request)
            .await
            .unwrap();
        let half = rig.root().join("containers").join("f".repeat(64));
        std::fs::create_dir_all(half.join("upper")).unwrap();
        let rig = rig.reopen().await;
        let query = ContainerQuery {
            all: true,
            ..ContainerQuery::default()
        };
        let rows = rig.engine.list_containers(&query).await.unwrap();
        assert_eq!(
            rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(),
            [id.as_str()]
        );
        assert!(!half.exists());
        rig.clean().await;
    });
}

#[test]
fn a_removal_can_be_taken_back_until_its_time_is_over() {
    with_engine(async |rig| {
        let id = rig.create("undo", "true").await;
        let later = |undo_ms| RemoveContainer {
            undo_ms: Some(undo_ms),
            ..Default::default()
        };
        let removed = rig
            .engine
            .remove_container_later("undo", later(60_000))
            .await
            .unwrap();
        assert!(rig.engine.inspect_container("undo", false).await.is_err());
        rig.create("other", "true").await;
        rig.engine.undo(&removed.undo.unwrap()).await.unwrap();
        assert_eq!(
            rig.engine
                .inspect_container("undo", false)
                .await
                .unwrap()
                .id,
            id
        );
        rig.engine
            .remove_container_later("undo", later(1))
            .await
            .unwrap();
        let folder = rig.root().join("containers").join(&id);
        until("the folder to be gone", || !folder.exists()).await;
        rig.engine
            .remove("other", RemoveOptions::default())
            .await
            .unwrap();
        rig.clean().await;
    });
}

#[test]
fn a_start_that_is_due_is_given_up_by_a_stop_and_does_not_come_twice() {
    with_engine(async |rig| {
        let source = rig.root().join("source");
        std::fs::create_dir(&source).unwrap();
        let id = rig
            .create_with("always", "sleep 1000", |body| {
                body.host_config.binds = vec![format!("{}:/here", source.display())];
                body.host_config.restart_policy.name = "always".into();
            })
            .await;
        rig.engine.start(&id).await.unwrap();
        let pid = rig.state(&id).await.pid;
        let exit = rig.root().join("containers").join(&id).join("exit.json");
        rig.engine.close().await;
        let pid = rustix::process::Pid::from_raw(pid as i32).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        until("its end", || exit.exists()).await;
        // Without its folder the next engine cannot start it, and tries again.
        std::fs::remove_dir(&source).unwrap();
        let rig = rig.reopen().await;
        loop {
            let state = rig.state(&id).await;
            if state.status == ContainerState::Restarting && !state.error.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(
            rig.engine.stop(&id, StopOptions::default()).await.unwrap(),
            Outcome::Done
        );
        assert_eq!(rig.state(&id).await.status, ContainerState::Exited);
        std::fs::create_dir(&source).unwrap();
        assert_eq!(rig.engine.start(&id).await.unwrap(), Outcome::Done);
        let inspect = rig.engine.inspect_container(&id, false).await.unwrap();
        assert_eq!(inspect.restart_count, 0);
        rig.stop(&id, 0).await;
        rig.clean().await;
    });
}

#[test]
fn a_removal_that_waited_takes_its_volumes_along() {
    with_engine(async |rig| {
        rig.create_with("box", "true", |body| {
            body.config.volumes = ["/data".to_owned()].into();
        })
        .await;
        let request = RemoveContainer {
            volumes: true,
            undo_ms: Some(60_000),
            ..RemoveContainer::default()
        };
        rig.engine
            .remove_container_later("box", request)
            .await
            .unwrap();
        let volumes = rig.root().join("volumes");
        let count = || std::fs::read_dir(&volumes).unwrap().count();
        assert_eq!(count(), 1);
        let rig = rig.reopen().await;
        until("its volume to be gone", || count() == 0).await;
        rig.clean().await;
    });
}

#[test]
fn what_a_container_stands_on_stays_while_its_record_is_damaged() {
    with_engine(async |rig| {
        let id = rig.create("box", "exit 5").await;
        rig.engine
            .remove_image(IMAGE, ImageRemoval::forced(true))
            .await
            .unwrap();
        let record = rig.root().join("containers").join(&id).join("config.json");
        let text = std::fs::read(&record).unwrap();
        std::fs::write(&record, &text[..100]).unwrap();
        let rig = rig.reopen().await;
        assert!(rig.engine.inspect_container(&id, false).await.is_err());
        std::fs::write(&record, &text).unwrap();
        let rig = rig.reopen().await;
        rig.engine.start(&id).await.unwrap();
        assert_eq!(rig.wait(&id).await, 5);
        rig.clean().await;
    });
}

/// Empties what nobody waited for the disk for, as a power cut can.
fn cut_power(folder: &std::path::Path) {
    for name in ["recent.json", "shim.json", "exit.json"] {
        let path = folder.join(name);
        if path.exists() {
            std::fs::write(path, "").unwrap();
        }
    }
}

#[test]
fn a_power_cut_takes_no_container_that_was_acknowledged() {
    with_engine(async |rig| {
        let folders = rig.root().join("containers");
        let id = rig.run("kept", "exit 4").await;
        assert_eq!(rig.wait(&id).await, 4);
        let wanted = rig
            .create_with("wanted", "sleep 1000", |body| {
                body.host_config.restart_policy.name = "unless-stopped".into();
            })
            .await;
        rig.engine.start(&wanted).await.unwrap();
        rig.stop(&wanted, 0).await;
        // One that goes with its end has nothing to lose.
        let gone = rig
            .create_with("gone", "sleep 1000", |body| {
                body.host_config.auto_remove = true;
            })
            .await;
        assert!(!folders.join(&gone).join("config.json").exists());
        rig.engine.close().await;
        for id in [&id, &wanted, &gone] {
            cut_power(&folders.join(id));
        }
        let rig = rig.reopen().await;
        assert_eq!(rig.state(&id).await.status, ContainerState::Created);
        // It was stopped by somebody, and does not come back by itself.
        assert_eq!(rig.state(&wanted).await.status, ContainerState::Exited);
        assert!(rig.engine.inspect_container(&gone, false).await.is_err());
        until("what is left of it to go", || !folders.join(&gone).exists()).await;
        rig.engine.start(&id).await.unwrap();
        assert_eq!(rig.wait(&id).await, 4);
        rig.clean().await;
    });
}

#[test]
fn nothing_goes_that_a_damaged_container_may_need() {
    with_engine(async |rig| {
        let id = rig.create("box", "exit 5").await;
        let record = rig.root().join("containers").join(&id).join("config.json");
        let text = std::fs::read(&record).unwrap();
        std::fs::write(&record, &text[..100]).unwrap();
        let rig = rig.reopen().await;
        rig.engine
            .remove_image(IMAGE, ImageRemoval::forced(true))
            .await
            .unwrap();
        let pruned = rig.engine.prune_volumes(Filters::default()).await;
        assert_eq!(pruned.unwrap_err().code(), "container-damaged");
        std::fs::write(&record, &text).unwrap();
        let rig = rig.reopen().await;
        rig.engine.start(&id).await.unwrap();
        assert_eq!(rig.wait(&id).await, 5);
        rig.remove(&id).await.unwrap();
        // Now that everything is known, what nobody needs goes.
        let layers = rig.root().join("layers");
        until("the layers to go", || {
            std::fs::read_dir(&layers).unwrap().count() == 0
        })
        .await;
        rig.clean().await;
    });
}

/// Asks a container's supervisor past the engine, and waits until it has answered.
async fn ask_past(folder: &std::path::Path, request: Request) {
    let record = ShimRecord::read(folder).unwrap().unwrap();
    let connection = gantry_shim::connect_to(&record.socket).unwrap();
    let hello = ToShim::Hello(Hello { version: VERSION });
    protocol::send(&connection, &hello, &[]).unwrap();
    let request = ToShim::Request { number: 1, request };
    protocol::send(&connection, &request, &[]).unwrap();
    loop {
        match protocol::recv(&connection) {
            Ok((FromShim::Reply { reply, .. }, _)) => return drop(reply.unwrap()),
            Ok(_) => {}
            Err(PacketError::WouldBlock) => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn events_tell_of_pauses_that_no_engine_heard() {
    with_engine(async |rig| {
        let id = rig.run("box", "sleep 1000").await;
        let folder = rig.root().join("containers").join(&id);
        let mut rig = rig;
        for (request, action) in [(Request::Pause, "pause"), (Request::Resume, "unpause")] {
            rig.engine.close().await;
            ask_past(&folder, request).await;
            rig = rig.reopen().await;
            let query = EventQuery {
                since: Some(0),
                ..EventQuery::default()
            };
            let mut events = rig.engine.events(query);
            let told = async {
                while let Some(event) = events.next().await {
                    if event.action == action {
                        return event.id == id;
                    }
                }
                false
            };
            let told = tokio::time::timeout(Duration::from_secs(20), told).await;
            assert_eq!(told, Ok(true), "{action}");
        }
        rig.clean().await;
    });
}

//! A container from create to remove.

mod common;

use std::time::{Duration, Instant};

use common::{body, with_engine};
use gantry_engine::{ContainerQuery, Outcome, RemoveOptions, Status, StopOptions, WaitCondition};
use gantry_wire::ContainerState;

#[test]
fn a_container_runs_logs_ends_and_is_removed() {
    with_engine(async |rig| {
        let id = rig.run("web", "echo out; echo err >&2; exit 3").await;
        assert_eq!(rig.wait("web").await, 3);
        assert_eq!(rig.output(&id[..12]).await.lines().count(), 2);
        let state = rig.state("/web").await;
        assert_eq!(
            (state.status, state.exit_code, state.pid),
            (ContainerState::Exited, 3, 0)
        );
        rig.remove("web").await.unwrap();
        assert_eq!(
            rig.remove("web").await.unwrap_err().status(),
            Status::NotFound
        );
        assert_eq!(
            std::fs::read_dir(rig.root().join("containers"))
                .unwrap()
                .count(),
            0
        );
        rig.clean().await;
    });
}

#[test]
fn a_missing_command_fails_the_start_and_says_so() {
    with_engine(async |rig| {
        let id = rig
            .create_with("bad", "", |body| body.config.cmd = vec!["nosuch".into()])
            .await;
        let error = rig.engine.start(&id).await.unwrap_err();
        assert_eq!(
            (error.code(), error.status()),
            ("command-not-found", Status::BadRequest)
        );
        assert!(
            error
                .to_string()
                .contains("executable file not found in $PATH")
        );
        let state = rig.state(&id).await;
        assert_eq!(
            (state.status, state.exit_code),
            (ContainerState::Created, 127)
        );
        assert!(!state.error.is_empty());
        rig.clean().await;
    });
}

#[test]
fn start_and_stop_tell_whether_anything_changed() {
    with_engine(async |rig| {
        let id = rig
            .run(
                "loop",
                "trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done",
            )
            .await;
        rig.wrote(&id, "up").await;
        assert_eq!(rig.engine.start(&id).await.unwrap(), Outcome::Unchanged);
        let stop = || rig.engine.stop(&id, StopOptions::default());
        assert_eq!(stop().await.unwrap(), Outcome::Done);
        assert_eq!(rig.state(&id).await.exit_code, 5);
        assert_eq!(stop().await.unwrap(), Outcome::Unchanged);
        rig.clean().await;
    });
}

#[test]
fn stop_kills_after_the_grace_period() {
    with_engine(async |rig| {
        let id = rig
            .run("deaf", "trap '' TERM; echo up; while :; do sleep 0.1; done")
            .await;
        rig.wrote(&id, "up").await;
        let before = Instant::now();
        rig.stop(&id, 1).await;
        assert!(before.elapsed() >= Duration::from_millis(900));
        assert_eq!(rig.state(&id).await.exit_code, 137);
        rig.clean().await;
    });
}

#[test]
fn a_running_container_is_not_removed_without_force() {
    with_engine(async |rig| {
        let id = rig.run("busy", "sleep 100").await;
        let error = rig
            .engine
            .remove(&id, RemoveOptions::default())
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), error.status()),
            ("container-running", Status::Conflict)
        );
        rig.engine.pause(&id).await.unwrap();
        assert_eq!(rig.state(&id).await.status, ContainerState::Paused);
        let error = rig
            .engine
            .remove(&id, RemoveOptions::default())
            .await
            .unwrap_err();
        assert_eq!(error.code(), "container-paused");
        rig.remove(&id).await.unwrap();
        rig.clean().await;
    });
}

#[test]
fn names_are_unique_and_can_be_changed() {
    with_engine(async |rig| {
        let first = rig.create("one", "true").await;
        let error = rig
            .engine
            .create_container(Some("one"), None, body("true"))
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), error.facts()["holder"].as_str()),
            ("name-in-use", first.as_str())
        );
        rig.engine.rename("one", "two").await.unwrap();
        rig.create("one", "true").await;
        assert_eq!(
            rig.engine.rename("one", "two").await.unwrap_err().code(),
            "name-in-use"
        );
        rig.clean().await;
    });
}

#[test]
fn a_container_with_rm_is_gone_when_it_ends() {
    with_engine(async |rig| {
        let id = rig
            .create_with("brief", "exit 4", |body| {
                body.host_config.auto_remove = true;
            })
            .await;
        let removed = rig.engine.wait(&id, WaitCondition::Removed).await.unwrap();
        rig.engine.start(&id).await.unwrap();
        assert_eq!(removed.outcome().await.unwrap().status_code, 4);
        let query = ContainerQuery {
            all: true,
            ..ContainerQuery::default()
        };
        assert_eq!(rig.engine.list_containers(&query).await.unwrap().len(), 0);
        rig.clean().await;
    });
}

#[test]
fn restart_starts_again_and_keeps_the_log() {
    with_engine(async |rig| {
        let id = rig.run("again", "echo run; sleep 100").await;
        rig.wrote(&id, "run").await;
        let options = StopOptions {
            timeout: Some(0),
            ..StopOptions::default()
        };
        rig.engine.restart(&id, options).await.unwrap();
        assert_eq!(rig.state(&id).await.status, ContainerState::Running);
        rig.stop(&id, 0).await;
        assert_eq!(rig.output(&id).await, "run\nrun\n");
        rig.clean().await;
    });
}

#[test]
fn a_policy_starts_a_failing_container_again_and_gives_up() {
    with_engine(async |rig| {
        let id = rig
            .create_with("flaky", "echo run; exit 1", |body| {
                body.host_config.restart_policy.name = "on-failure".into();
                body.host_config.restart_policy.maximum_retry_count = 2;
            })
            .await;
        rig.engine.start(&id).await.unwrap();
        assert_eq!(rig.wait(&id).await, 1);
        assert_eq!(rig.output(&id).await, "run\n".repeat(3));
        let inspect = rig.engine.inspect_container(&id, false).await.unwrap();
        assert_eq!(inspect.restart_count, 2);
        rig.clean().await;
    });
}

#[test]
fn a_creation_whose_client_leaves_is_whole_or_nothing() {
    with_engine(async |rig| {
        for polls in 1..12 {
            let body = body("true");
            let mut creation = Box::pin(rig.engine.create_container(None, None, body));
            for _ in 0..polls {
                if futures_util::poll!(creation.as_mut()).is_ready() {
                    break;
                }
                tokio::time::sleep(Duration::from_micros(300)).await;
            }
            drop(creation);
        }
        let all = ContainerQuery {
            all: true,
            ..ContainerQuery::default()
        };
        let folders = || {
            std::fs::read_dir(rig.root().join("containers"))
                .unwrap()
                .count()
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let listed = rig.engine.list_containers(&all).await.unwrap();
            if listed.len() == folders() {
                break;
            }
            assert!(Instant::now() < deadline, "a folder without a container");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        rig.clean().await;
    });
}

//! Clients that leave in the middle, and several who want the same.

mod common;

use std::time::{Duration, Instant};

use common::{IMAGE, body, until, with_engine};
use futures_util::future::join_all;
use futures_util::{StreamExt, poll};
use gantry_engine::{
    CommitOptions, EventQuery, Filters, ImageRemoval, Outcome, RemoveOptions, Status,
};
use gantry_shim::ShimRecord;
use gantry_wire as wire;
use gantry_wire::gantry::{FilesOf, RemoveContainer};
use rustix::process::{Pid, Signal, kill_process};

/// Begins something as a client that leaves at once.
macro_rules! begin_and_leave {
    ($work:expr) => {{
        let mut work = Box::pin($work);
        let _ = poll!(work.as_mut());
    }};
}

#[test]
fn a_removal_whose_client_leaves_happens_all_the_same() {
    with_engine(async |rig| {
        let id = rig.create("box", "true").await;
        let request = RemoveContainer {
            undo_ms: Some(1),
            ..RemoveContainer::default()
        };
        begin_and_leave!(rig.engine.remove_container_later(&id, request));
        let folder = rig.root().join("containers").join(&id);
        until("the container to be gone", || !folder.exists()).await;

        let mut events = rig.engine.events(EventQuery::default());
        let image = rig.engine.inspect_image(IMAGE).await.unwrap().id;
        begin_and_leave!(rig.engine.remove_image(IMAGE, ImageRemoval::forced(false)));
        let deleted = async {
            while let Some(event) = events.next().await {
                if (event.kind.as_str(), event.action.as_str()) == ("image", "delete") {
                    return event.id.clone();
                }
            }
            String::new()
        };
        let deleted = tokio::time::timeout(Duration::from_mins(1), deleted).await;
        assert_eq!(deleted.unwrap(), image);
        rig.clean().await;
    });
}

#[test]
fn a_detached_process_whose_client_leaves_is_known() {
    with_engine(async |rig| {
        let id = rig.run("box", "sleep 1000").await;
        let config = wire::ExecConfig {
            cmd: vec!["sh".into(), "-c".into(), "exit 7".into()],
            ..wire::ExecConfig::default()
        };
        let exec = rig.engine.create_exec(&id, config).await.unwrap().id;
        let start = wire::ExecStart {
            detach: true,
            ..wire::ExecStart::default()
        };
        let execution = rig.engine.start_exec(&exec, start).await.unwrap();
        begin_and_leave!(execution.run());
        let deadline = Instant::now() + Duration::from_mins(1);
        while rig.engine.inspect_exec(&exec).await.unwrap().exit_code != Some(7) {
            assert!(Instant::now() < deadline);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        rig.clean().await;
    });
}

#[test]
fn removals_that_wait_for_one_end_join() {
    with_engine(async |rig| {
        let id = rig
            .create_with("box", "sleep 1000", |body| {
                body.config.volumes = ["/data".to_owned()].into();
            })
            .await;
        rig.engine.start(&id).await.unwrap();
        // It ends when all have asked.
        let folder = rig.root().join("containers").join(&id);
        let shim = ShimRecord::read(&folder).unwrap().unwrap().shim;
        let shim = Pid::from_raw(shim.pid).unwrap();
        kill_process(shim, Signal::STOP).unwrap();
        let remove = |volumes| {
            let options = RemoveOptions {
                force: true,
                volumes,
            };
            Box::pin(rig.engine.remove(&id, options))
        };
        let mut removals = [remove(true), remove(false)];
        for removal in &mut removals {
            assert!(poll!(removal.as_mut()).is_pending());
        }
        let later = RemoveContainer {
            force: true,
            undo_ms: Some(60_000),
            ..RemoveContainer::default()
        };
        let engine = rig.engine.clone();
        let hide = tokio::spawn({
            let id = id.clone();
            async move { engine.remove_container_later(&id, later).await }
        });
        // What is asked for later is done later: these have been heard.
        rig.engine.rename("box", "same").await.unwrap();
        kill_process(shim, Signal::CONT).unwrap();
        for removal in removals {
            removal.await.unwrap();
        }
        let error = hide.await.unwrap().unwrap_err();
        assert!(
            matches!(error.code(), "container-removing" | "container-not-found"),
            "{error}"
        );
        let volumes = rig.engine.list_volumes(Filters::default()).await.unwrap();
        assert!(volumes.volumes.is_empty());
        rig.clean().await;
    });
}

#[test]
fn a_start_does_not_wait_for_ever_for_who_is_at_the_files() {
    with_engine(async |rig| {
        let id = rig.create("box", "sleep 1000").await;
        let files = FilesOf::Container(id.clone());
        // Nobody reads it on.
        let (_, archive) = rig.engine.archive(&files, "/").await.unwrap();
        let error = rig.engine.start(&id).await.unwrap_err();
        assert_eq!(
            (error.code(), error.status()),
            ("container-files-open", Status::Conflict)
        );
        drop(archive);
        assert_eq!(rig.engine.start(&id).await.unwrap(), Outcome::Done);
        rig.clean().await;
    });
}

#[test]
fn a_start_that_waits_keeps_nobody_from_the_container() {
    with_engine(async |rig| {
        let id = rig.create("box", "sleep 1000").await;
        let files = FilesOf::Container(id.clone());
        let (_, archive) = rig.engine.archive(&files, "/").await.unwrap();
        let start = || {
            let (engine, id) = (rig.engine.clone(), id.clone());
            tokio::spawn(async move { engine.start(&id).await })
        };
        let starts = [start(), start()];
        // Heard behind the starts, and answered before them.
        rig.engine.rename("box", "other").await.unwrap();
        assert!(starts.iter().all(|start| !start.is_finished()));
        drop(archive);
        for start in starts {
            assert_eq!(start.await.unwrap().unwrap(), Outcome::Done);
        }
        rig.stop(&id, 0).await;

        let (_, archive) = rig.engine.archive(&files, "/").await.unwrap();
        let waiting = start();
        rig.engine.rename("other", "box").await.unwrap();
        rig.stop(&id, 0).await;
        let error = waiting.await.unwrap().unwrap_err();
        assert_eq!(error.code(), "container-start-given-up");
        drop(archive);
        rig.remove(&id).await.unwrap();
        rig.clean().await;
    });
}

#[test]
fn an_image_is_whole_for_a_container_that_is_made_while_it_is_removed() {
    with_engine(async |rig| {
        for round in 0..8 {
            let name = format!("round:{round}");
            rig.engine.tag_image(IMAGE, &name).await.unwrap();
            let engine = rig.engine.clone();
            let removal = tokio::spawn(async move {
                tokio::time::sleep(Duration::from_micros(400 * round)).await;
                let image = engine.inspect_image(IMAGE).await?;
                engine
                    .remove_image(&image.id, ImageRemoval::forced(true))
                    .await
            });
            let made = rig.engine.create_container(None, None, body("true")).await;
            let _ = removal.await.unwrap();
            if let Ok(made) = made {
                let options = CommitOptions {
                    container: made.id.clone(),
                    ..CommitOptions::default()
                };
                let image = rig.engine.commit(options).await.unwrap().id;
                rig.remove(&made.id).await.unwrap();
                let by_force = ImageRemoval::forced(true);
                rig.engine.remove_image(&image, by_force).await.unwrap();
            }
            rig.load().await;
        }
        rig.clean().await;
    });
}

#[test]
fn what_nobody_uses_is_meant_by_a_prune_even_by_force() {
    with_engine(async |rig| {
        let id = rig.create("user", "true").await;
        let prune = ImageRemoval {
            unused_only: true,
            ..ImageRemoval::forced(true)
        };
        let error = rig.engine.remove_image(IMAGE, prune).await.unwrap_err();
        assert_eq!(error.code(), "image-in-use");
        rig.engine.inspect_image(IMAGE).await.unwrap();
        rig.remove(&id).await.unwrap();
        rig.engine.remove_image(IMAGE, prune).await.unwrap();
        rig.clean().await;
    });
}

#[test]
fn of_several_who_make_one_network_one_does() {
    with_engine(async |rig| {
        let made =
            join_all(
                (0..8).map(|_| {
                    let network = wire::NetworkCreate {
                        name: "same".into(),
                        ..wire::NetworkCreate::default()
                    };
                    let engine = rig.engine.clone();
                    async move {
                        tokio::spawn(async move { engine.create_network(network).await }).await
                    }
                }),
            )
            .await;
        let made: Vec<_> = made.into_iter().map(Result::unwrap).collect();
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 1);
        for error in made.into_iter().filter_map(Result::err) {
            assert_eq!(error.code(), "network-exists");
        }
        rig.engine.remove_network("same").await.unwrap();
        rig.clean().await;
    });
}

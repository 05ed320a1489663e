//! Where containers and images meet.

mod common;

use common::{IMAGE, body, with_engine};
use gantry_engine::{CommitOptions, ImageRemoval, Status};
use gantry_wire::ChangeKind;

#[test]
fn a_commit_holds_what_changed_and_nothing_of_the_engines_own() {
    with_engine(async |rig| {
        let id = rig.run("maker", "echo new > /new; rm /etc/group").await;
        rig.wait(&id).await;
        let changes: Vec<_> = rig
            .engine
            .changes(&id)
            .await
            .unwrap()
            .into_iter()
            .map(|change| (change.path, change.kind))
            .collect();
        let expected = [
            ("/etc", ChangeKind::Modified),
            ("/etc/group", ChangeKind::Deleted),
            ("/new", ChangeKind::Added),
        ];
        assert_eq!(
            changes,
            expected.map(|(path, kind)| (path.to_owned(), kind))
        );
        let options = CommitOptions {
            container: id,
            reference: Some("gantry/made:1".into()),
            changes: vec!["CMD [\"cat\", \"/new\"]".into()],
            ..CommitOptions::default()
        };
        rig.engine.commit(options).await.unwrap();
        let mut body = body("");
        body.config.image = "gantry/made:1".into();
        body.config.cmd = Vec::new();
        let made = rig
            .engine
            .create_container(Some("made"), None, body)
            .await
            .unwrap();
        rig.engine.start(&made.id).await.unwrap();
        rig.wait(&made.id).await;
        assert_eq!(rig.output(&made.id).await, "new\n");
        rig.clean().await;
    });
}

#[test]
fn an_image_in_use_is_kept_and_a_stopped_container_survives_its_forced_removal() {
    with_engine(async |rig| {
        let id = rig.create("user", "echo alive").await;
        let error = rig
            .engine
            .remove_image(IMAGE, ImageRemoval::forced(false))
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), error.status()),
            ("image-in-use", Status::Conflict)
        );
        rig.engine
            .remove_image(IMAGE, ImageRemoval::forced(true))
            .await
            .unwrap();
        assert!(rig.engine.inspect_image(IMAGE).await.is_err());
        rig.engine.start(&id).await.unwrap();
        assert_eq!(rig.wait(&id).await, 0);
        assert_eq!(rig.output(&id).await, "alive\n");
        rig.clean().await;
    });
}

#[test]
fn a_new_volume_gets_the_images_content_and_keeps_what_is_written() {
    with_engine(async |rig| {
        let volume = |body: &mut gantry_wire::ContainerCreate| {
            body.host_config.binds = vec!["data:/etc".into()];
        };
        let first = rig
            .create_with("first", "cat /etc/group; echo x > /etc/mine", volume)
            .await;
        rig.engine.start(&first).await.unwrap();
        assert_eq!(rig.wait(&first).await, 0);
        assert!(rig.output(&first).await.contains("root:x:0:"));
        let second = rig.create_with("second", "cat /etc/mine", volume).await;
        rig.engine.start(&second).await.unwrap();
        assert_eq!(rig.wait(&second).await, 0);
        assert_eq!(rig.output(&second).await, "x\n");
        rig.clean().await;
    });
}

//! Who owns what is mounted, what part of a volume is mounted, and what the ids of an ordinary
//! user's containers have to do with it.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};

use gantry_tests::{Engine, as_root_and_as_user, http};
use serde_json::json;

as_root_and_as_user!(
    a_mount_with_u_belongs_to_the_containers_user,
    links_lead_nowhere_when_files_are_given,
    what_belongs_to_the_system_is_not_given,
    a_part_of_a_volume_is_mounted,
    a_part_does_not_lead_out_of_its_volume,
    labels_and_propagation_are_taken_as_docker_takes_them,
    a_strangers_folder_is_warned_of,
);

/// Runs a script as user 1000 of group 1001.
fn as_app(engine: &Engine, mount: &str, script: &str) -> String {
    let run = ["run", "--rm", "-u", "1000:1001", "-v", mount];
    let script = ["busybox", "sh", "-c", script];
    engine.docker(&[&run[..], &script].concat()).ok()
}

fn a_mount_with_u_belongs_to_the_containers_user(engine: &Engine) {
    let fill = "mkdir -p /d/a/b; echo x > /d/a/b/file; ln -s /etc/passwd /d/link";
    let run = ["run", "--rm", "-v", "data:/d", "busybox", "sh", "-c", fill];
    engine.docker(&run).ok();
    let owners = "stat -c '%u:%g' /d /d/a/b/file; stat -c '%u:%g' /d/link";
    assert_eq!(as_app(engine, "data:/d", owners), "0:0\n0:0\n0:0");
    let given = "1000:1001\n1000:1001\n1000:1001";
    assert_eq!(as_app(engine, "data:/d:U", owners), given);
    as_app(
        engine,
        "data:/d:U",
        "echo y >> /d/a/b/file; echo new > /d/new",
    );
    // Once: a second start does not walk it again, and a third without the option leaves it.
    let again = "chown 0:0 /d/a";
    let run = ["run", "--rm", "-v", "data:/d", "busybox", "sh", "-c", again];
    engine.docker(&run).ok();
    assert_eq!(as_app(engine, "data:/d:U", "stat -c %u /d/a"), "0");
    assert_eq!(as_app(engine, "data:/d", "stat -c %u /d"), "1000");

    let folder = engine.file("folder");
    fs::create_dir(&folder).unwrap();
    engine.identity().own(&folder);
    let mount = format!("{}:/d:ro,U", folder.display());
    assert_eq!(as_app(engine, &mount, "stat -c %u:%g /d"), "1000:1001");
    let owner = fs::metadata(&folder).unwrap().uid();
    assert_ne!(owner, engine.identity().uid);
    assert_eq!(owner == 1000, engine.is_root());
}

fn links_lead_nowhere_when_files_are_given(engine: &Engine) {
    let outside = engine.write("outside", "mine");
    let folder = engine.file("folder");
    fs::create_dir(&folder).unwrap();
    engine.identity().own(&folder);
    symlink(&outside, folder.join("file")).unwrap();
    symlink(outside.parent().unwrap(), folder.join("folder")).unwrap();
    for link in ["file", "folder"] {
        let link = folder.join(link);
        let owner = engine.identity();
        std::os::unix::fs::lchown(&link, Some(owner.uid), Some(owner.gid)).unwrap();
    }
    let mount = format!("{}:/d:U", folder.display());
    assert_eq!(as_app(engine, &mount, "stat -c %u /d/file"), "1000");
    assert_eq!(fs::metadata(&outside).unwrap().uid(), engine.identity().uid);
}

fn what_belongs_to_the_system_is_not_given(engine: &Engine) {
    for folder in ["/", "/etc", "/usr/../etc/."] {
        let run = ["run", "--rm", "-v", &format!("{folder}:/d:U"), "busybox"];
        let said = engine.docker(&[&run[..], &["true"]].concat());
        let said = said.fails_with(125);
        assert!(said.contains("belongs to the system"), "{folder}: {said}");
    }
}

fn a_part_of_a_volume_is_mounted(engine: &Engine) {
    let make = ["run", "--name", "maker", "busybox", "sh", "-c"];
    engine
        .docker(&[&make[..], &["mkdir /d; touch /d/image"]].concat())
        .ok();
    engine.docker(&["commit", "maker", "filled"]).ok();
    let fill =
        "mkdir -p /d/a/b; echo deep > /d/a/b/file; ln -s a/b /d/short; echo single > /d/a/one";
    let run = ["run", "--rm", "-v", "data:/d", "busybox", "sh", "-c", fill];
    engine.docker(&run).ok();
    let read = |part: &str, image: &str, script: &str| {
        let mount = format!("type=volume,src=data,dst=/d,volume-subpath={part}");
        let run = ["run", "--rm", "--mount", &mount, image, "sh", "-c", script];
        engine.docker(&run)
    };
    // Nothing of the image comes into a part.
    assert_eq!(
        read("a/b", "filled", "ls /d; cat /d/file").ok(),
        "file\ndeep"
    );
    assert_eq!(read("short", "busybox", "cat /d/file").ok(), "deep");
    assert_eq!(read("a/one", "busybox", "cat /d").ok(), "single");
    read("a/b", "busybox", "echo more > /d/more").ok();
    let missing = read("nothing", "busybox", "true");
    assert!(missing.fails_with(125).contains("data/_data/nothing"));
    // Others take the part, not the whole.
    let mount = "type=volume,src=data,dst=/d,volume-subpath=a/b";
    let create = ["create", "--name", "donor", "--mount", mount, "busybox"];
    engine.docker(&create).ok();
    let taken = [
        "run",
        "--rm",
        "--volumes-from",
        "donor",
        "busybox",
        "ls",
        "/d",
    ];
    assert_eq!(engine.docker(&taken).ok(), "file\nmore");
}

fn a_part_does_not_lead_out_of_its_volume(engine: &Engine) {
    let secret = engine.write("secret", "mine");
    let up = "../".repeat(12);
    let outside = secret.display();
    let link = format!("ln -s {up}{outside} /d/up; ln -s {outside} /d/absolute");
    let run = ["run", "--rm", "-v", "data:/d", "busybox", "sh", "-c", &link];
    engine.docker(&run).ok();
    for part in ["up", "absolute"] {
        let mount = format!("type=volume,src=data,dst=/d,volume-subpath={part}");
        let run = ["run", "--rm", "--mount", &mount, "busybox", "cat", "/d"];
        engine.docker(&run).fails_with(125);
    }
    for part in ["../other", "/absolute", "a/../../b"] {
        let body = json!({ "Image": "busybox", "HostConfig": { "Mounts": [{
            "Type": "volume", "Source": "data", "Target": "/d",
            "VolumeOptions": { "Subpath": part } }] } });
        let refused = http::post(engine, "/containers/create", &body);
        assert_eq!(refused.status, 400, "{part}");
    }
}

fn labels_and_propagation_are_taken_as_docker_takes_them(engine: &Engine) {
    let folder = engine.file("folder");
    fs::create_dir(&folder).unwrap();
    engine.identity().own(&folder);
    for option in ["z", "Z,ro", "rprivate", "rslave", "rshared,ro"] {
        let mount = format!("{}:/d:{option}", folder.display());
        let mounts = as_app(engine, &mount, "grep ' /d ' /proc/self/mountinfo");
        let read_only = option.ends_with(",ro");
        assert_eq!(mounts.contains(" ro,"), read_only, "{option}: {mounts}");
        let private = !mounts.contains("shared:") && !mounts.contains("master:");
        assert!(private || option.starts_with('r'), "{option}: {mounts}");
    }
    let wrong = ["run", "--rm", "-v", "/tmp:/d:q", "busybox", "true"];
    assert!(
        engine
            .docker(&wrong)
            .fails_with(125)
            .contains("invalid mode")
    );
}

fn a_strangers_folder_is_warned_of(engine: &Engine) {
    let folder = engine.file("folder");
    fs::create_dir(&folder).unwrap();
    let mount = format!("{}:/d", folder.display());
    let create = ["create", "-v", &mount, "busybox", "true"];
    let warned = engine.docker(&create);
    assert_eq!(warned.code, 0);
    let says = warned.err.contains("nobody (65534)") && warned.err.contains("In containers 0 is");
    // Root's own folder is a stranger's to an ordinary user.
    assert_eq!(says, !engine.is_root(), "{}", warned.err);
    engine.identity().own(&folder);
    let create = engine.docker(&create);
    assert!(!create.err.contains("nobody"), "{}", create.err);
}

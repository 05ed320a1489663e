//! What a mount of the user's keeps from being written, and what it may not cover.

use std::fs;
use std::path::Path;

use gantry_pack::{Tree, fixtures};
use gantry_tests::{Account, Engine, as_root_and_as_user, skip};
use nix::sched::{CloneFlags, unshare};
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};

as_root_and_as_user!(nothing_is_mounted_into_proc);

/// An engine beside whose folder, in a mount namespace of this thread and its children, there is a
/// folder with a disk mounted in it.
fn with_a_disk_in_a_folder(account: Account, behaviour: impl FnOnce(&Engine, &Path)) {
    if !rustix::process::geteuid().is_root() {
        return skip("only root can mount a disk");
    }
    let identity = match account.identity() {
        Ok(identity) => identity,
        Err(why) => return skip(&why),
    };
    let engine = Engine::prepare(identity);
    unshare(CloneFlags::CLONE_NEWNS).unwrap();
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).unwrap();
    let folder = engine.file("folder");
    let disk = folder.join("disk");
    fs::create_dir_all(&disk).unwrap();
    let owner = engine.identity();
    owner.own(&folder);
    let options = format!("mode=700,uid={},gid={}", owner.uid, owner.gid);
    let options = std::ffi::CString::new(options).unwrap();
    mount("tmpfs", &disk, "tmpfs", MountFlags::empty(), &*options).unwrap();
    engine.launch();
    engine.load(&[fixtures::busybox("busybox:latest").unwrap()]);
    behaviour(&engine, &folder);
}

fn what_is_read_only_is_so_with_what_is_mounted_in_it(engine: &Engine, folder: &Path) {
    let folder = folder.display();
    let written = |options: &[&str]| {
        let script = "for at in /f /f/disk; do touch $at/x 2>&1 && echo written; done; true";
        let run = ["run", "--rm", "--network", "none"];
        let sh = ["busybox", "sh", "-c", script];
        let said = engine.docker(&[&run, options, &sh].concat()).ok();
        let said = said.lines().map(|line| {
            assert!(line == "written" || line.contains("Read-only"), "{line}");
            line == "written"
        });
        said.collect::<Vec<_>>()
    };
    let bind = format!("type=bind,src={folder},dst=/f,readonly");
    let with = |more: &str| written(&["--mount", &format!("{bind}{more}")]);
    assert_eq!(written(&["-v", &format!("{folder}:/f")]), [true, true]);
    assert_eq!(written(&["-v", &format!("{folder}:/f:ro")]), [false, false]);
    assert_eq!(with(""), [false, false]);
    assert_eq!(with(",bind-recursive=writable"), [false, true]);
    let all = ",bind-recursive=readonly,bind-propagation=rprivate";
    assert_eq!(with(all), [false, false]);
    // Of the disk there is nothing then. A user does not see what a mount of root's hides.
    if engine.is_root() {
        assert_eq!(with(",bind-recursive=disabled"), [false, false]);
    }
    let own = ["run", "--rm", "--network", "none", "--mount"];
    let mount = format!("{bind},bind-recursive=writable");
    let touch = ["busybox", "touch", "/f/disk/x"];
    engine.gantry(&[&own, &[&*mount][..], &touch].concat()).ok();
}

#[test]
fn read_only_as_root() {
    let behaviour = what_is_read_only_is_so_with_what_is_mounted_in_it;
    with_a_disk_in_a_folder(Account::Root, behaviour);
}

#[test]
fn read_only_as_user() {
    let behaviour = what_is_read_only_is_so_with_what_is_mounted_in_it;
    with_a_disk_in_a_folder(Account::User, behaviour);
}

fn nothing_is_mounted_into_proc(engine: &Engine) {
    let linked = fixtures::busybox("linked:latest")
        .unwrap()
        .layer("COPY links /", Tree::new().symlink("p", "/proc"))
        .unwrap();
    engine.load(&[linked]);
    let folder = engine.file("folder");
    fs::create_dir(&folder).unwrap();
    engine.identity().own(&folder);
    let folder = folder.display();
    let run = |volume: &str, image: &str| {
        engine.docker(&["run", "--rm", "-v", volume, image, "cat", "/proc/uptime"])
    };
    for (volume, image) in [
        (format!("{folder}:/proc/self/attr"), "busybox"),
        ("data:/proc".to_owned(), "busybox"),
        (format!("{folder}:/p"), "linked"),
        ("data:/p/sys/kernel".to_owned(), "linked"),
    ] {
        let end = run(&volume, image);
        assert!(end.code >= 125, "{volume}: {end:?}");
        assert!(end.err.contains("because it is inside /proc"), "{end:?}");
    }
    let uptime = engine.write("uptime", "for ever\n");
    let volume = format!("{}:/proc/uptime", uptime.display());
    assert_eq!(run(&volume, "busybox").ok(), "for ever");
}

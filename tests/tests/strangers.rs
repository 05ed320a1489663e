//! What others have put where a client without `XDG_RUNTIME_DIR` looks for its engine.

use std::fs::{self, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use gantry_tests::account::Identity;
use gantry_tests::{Account, Engine, Running, built, skip};
use nix::sched::{CloneFlags, unshare};
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};

/// A /tmp of this thread and its children alone, in which the folder of the user would lie.
fn own_tmp(user: &Identity) -> PathBuf {
    unshare(CloneFlags::CLONE_NEWNS).unwrap();
    let private = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", private).unwrap();
    mount("tmpfs", "/tmp", "tmpfs", MountFlags::empty(), c"mode=1777").unwrap();
    fs::create_dir("/tmp/home").unwrap();
    user.own(Path::new("/tmp/home"));
    PathBuf::from(format!("/tmp/gantry-{}", user.uid))
}

fn refused(user: &Identity) -> String {
    let home = Path::new("/tmp/home");
    let mut command = user.command(&built("gantry"), home, home);
    let ended = Running::start(command.env_remove("XDG_RUNTIME_DIR").arg("ps")).finish();
    let said = ended.fails_with(1);
    assert!(said.contains("set XDG_RUNTIME_DIR"), "{said}");
    said
}

#[test]
fn a_folder_in_tmp_is_used_only_if_it_is_the_users_alone() {
    if !rustix::process::geteuid().is_root() {
        return skip("only root can make the folder of another user");
    }
    let user = match Account::User.identity() {
        Ok(user) => user,
        Err(why) => return skip(&why),
    };
    let folder = own_tmp(&user);
    fs::DirBuilder::new().mode(0o777).create(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
    let said = refused(&user);
    assert!(said.contains("belongs to user 0"), "{said}");
    chown(&folder, Some(user.uid), Some(user.gid)).unwrap();
    let said = refused(&user);
    assert!(said.contains("its mode is 777"), "{said}");
    let elsewhere = folder.with_file_name("elsewhere");
    fs::rename(&folder, &elsewhere).unwrap();
    fs::set_permissions(&elsewhere, Permissions::from_mode(0o700)).unwrap();
    symlink(&elsewhere, &folder).unwrap();
    let said = refused(&user);
    assert!(said.contains("not a folder"), "{said}");
    // Nothing was written there meanwhile.
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
}

#[test]
fn nobody_is_talked_to_but_root_and_oneself() {
    if !rustix::process::geteuid().is_root() {
        return skip("only root can be somebody else");
    }
    let user = match Account::User.identity() {
        Ok(user) => user,
        Err(why) => return skip(&why),
    };
    let uid = user.uid;
    let engine = Engine::start(user);
    let open = Permissions::from_mode(0o777);
    for path in engine.socket().ancestors() {
        if path == Path::new("/tmp") {
            break;
        }
        fs::set_permissions(path, open.clone()).unwrap();
    }
    let mut nobody = Command::new("setpriv");
    nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
    nobody.arg(built("gantry")).arg("ps").current_dir("/");
    nobody.env("GANTRY_SOCKET", engine.socket());
    let said = Running::start(&mut nobody).finish().fails_with(1);
    assert!(
        said.contains(&format!("user {uid} listens there")),
        "{said}"
    );
    engine.gantry(&["ps"]).ok();
}

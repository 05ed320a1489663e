//! An engine of one test's own.

use std::{
    cell::RefCell,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use gantry_pack::{Archive, Image, fixtures};
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    Account, Finished, Running,
    account::{Identity, PATH},
    built, cgroup,
    folder::Folder,
    processes, skip, wait_for,
};

/// A folder among the test's own files whose programs are found before this computer's.
pub const PROGRAMS: &str = "programs";

/// Runs a behaviour against a new engine of `account`, with the image `busybox` loaded.
pub fn on(account: Account, behaviour: impl FnOnce(&Engine)) {
    let identity = match account.identity() {
        Ok(identity) => identity,
        Err(why) => return skip(&why),
    };
    if !Path::new("/usr/bin/docker").exists() && !Path::new("/usr/local/bin/docker").exists() {
        return skip("no docker CLI here (package docker-cli or docker.io)");
    }
    let engine = Engine::start(identity);
    engine.load(&[fixtures::busybox("busybox:latest").unwrap()]);
    behaviour(&engine);
}

/// A running engine with its own data, socket and runtime folder.
pub struct Engine {
    process: RefCell<Option<Running>>,
    identity: Identity,
    cgroup: Option<PathBuf>,
    // Last: its end removes what the others left.
    folder: Folder,
}

impl Engine {
    /// Starts one and waits for its `ready`.
    pub fn start(identity: Identity) -> Self {
        let engine = Self::prepare(identity);
        engine.launch();
        engine
    }

    /// Everything but the process.
    pub fn prepare(identity: Identity) -> Self {
        let folder = Folder::new();
        for name in ["home", "run", "data", "files"] {
            let path = folder.path().join(name);
            fs::create_dir(&path).unwrap();
            identity.own(&path);
        }
        set_private(&folder.path().join("run"));
        let name = folder.path().file_name().unwrap().to_str().unwrap();
        let cgroup = cgroup::delegate(&identity, name);
        Self {
            process: RefCell::new(None),
            identity,
            cgroup,
            folder,
        }
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("run/engine.sock")
    }

    /// The data root.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path for the test's own files, which the account may read and write.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("files").join(name)
    }

    /// Writes a file that the account owns and returns its path.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        fs::write(&path, content).unwrap();
        self.identity.own(&path);
        path
    }

    /// Writes the settings that an engine of this account reads when it starts.
    pub fn configure(&self, text: &str) {
        let mut folder = self.folder.path().join("home");
        for name in ["config", "gantry"] {
            folder.push(name);
            if !folder.exists() {
                fs::create_dir(&folder).unwrap();
                self.identity.own(&folder);
            }
        }
        let file = folder.join("config.toml");
        fs::write(&file, text).unwrap();
        self.identity.own(&file);
    }

    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    pub fn is_root(&self) -> bool {
        self.identity.uid == 0
    }

    /// The engine's own command line, for this data root and socket.
    pub fn engine_command(&self) -> Command {
        let mut command = self.command(&built("gantry"));
        command.arg("engine").arg("--foreground");
        command
            .arg("--root")
            .arg(self.root())
            .arg("--socket")
            .arg(self.socket());
        command
    }

    /// Starts the process and waits for its `ready`.
    pub fn launch(&self) {
        self.launch_with(&[]);
    }

    /// The same with more arguments.
    pub fn launch_with(&self, arguments: &[&str]) {
        let mut command = self.engine_command();
        command.args(arguments);
        self.launch_command(command);
    }

    /// The same started by another program, such as `unshare -m`. Only for root.
    pub fn launch_behind(&self, program: &[&str]) {
        let command = self.engine_command();
        let mut behind = Command::new(program[0]);
        behind
            .args(&program[1..])
            .arg(command.get_program())
            .args(command.get_args())
            .env_clear();
        behind.envs(
            command
                .get_envs()
                .filter_map(|(key, value)| Some((key, value?))),
        );
        self.launch_command(behind);
    }

    fn launch_command(&self, mut command: Command) {
        if let Some(group) = &self.cgroup {
            command = inside(&cgroup::for_processes(group), &command);
        }
        let mut process = Running::start(&mut command);
        wait_for("the engine to say ready", || {
            assert!(!process.has_ended(), "the engine ended: {}", process.err());
            process
                .out()
                .lines()
                .any(|line| line == "ready")
                .then_some(())
        });
        *self.process.borrow_mut() = Some(process);
    }

    /// SIGKILL, as a crash would end it; containers stay.
    pub fn kill(&self) {
        let mut process = self.process.take().expect("the engine runs");
        process.kill();
        wait_for("the engine to be gone", || {
            process.has_ended().then_some(())
        });
    }

    /// What a restart of the computer leaves of a killed engine: the disk, and nothing else.
    pub fn reboot(&self) {
        processes::end_all_of(self.folder.path());
        let run = self.folder.path().join("run");
        for entry in fs::read_dir(&run).unwrap().flatten() {
            let path = entry.path();
            let removed = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            removed.unwrap();
        }
    }

    /// The process of the engine.
    pub fn pid(&self) -> u32 {
        self.process
            .borrow()
            .as_ref()
            .expect("the engine runs")
            .pid()
    }

    /// Whether the process is gone.
    pub fn has_ended(&self) -> bool {
        let mut process = self.process.borrow_mut();
        process
            .as_mut()
            .expect("the engine was started")
            .has_ended()
    }

    /// SIGKILL, without waiting for the end.
    pub fn interrupt(&self) {
        let mut process = self.process.borrow_mut();
        process.as_mut().expect("the engine was started").kill();
    }

    /// Sends SIGTERM and returns how the process ended.
    pub fn terminate(&self) -> Finished {
        let process = self.process.take().expect("the engine runs");
        let pid = Pid::from_raw(process.pid().cast_signed()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        process.finish()
    }

    /// Waits for the process to end by itself and returns how it did.
    pub fn outlive(&self) -> Finished {
        self.process.take().expect("the engine runs").finish()
    }

    /// What the engine wrote to its standard error so far.
    pub fn log(&self) -> String {
        self.process
            .borrow()
            .as_ref()
            .map(Running::err)
            .unwrap_or_default()
    }

    /// A command as the engine's account.
    pub fn command(&self, program: &Path) -> Command {
        let home = self.folder.path().join("home");
        let mut command = self
            .identity
            .command(program, &home, &self.folder.path().join("run"));
        command.env("DOCKER_HOST", format!("unix://{}", self.socket().display()));
        command
            .env("GANTRY_ROOT", self.root())
            .env("GANTRY_SOCKET", self.socket());
        let programs = self.file(PROGRAMS);
        if programs.exists() {
            command.env("PATH", format!("{}:{PATH}", programs.display()));
        }
        command.env(
            "GANTRY_LOG",
            std::env::var("GANTRY_LOG").unwrap_or("info".to_owned()),
        );
        command
    }

    /// Starts `docker …`.
    pub fn start_docker<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Running {
        Running::start(self.command(Path::new("docker")).args(arguments))
    }

    /// Runs `docker …` to its end.
    #[track_caller]
    pub fn docker(&self, arguments: &[&str]) -> Finished {
        self.start_docker(arguments).finish()
    }

    /// Runs `gantry …` to its end.
    #[track_caller]
    pub fn gantry(&self, arguments: &[&str]) -> Finished {
        Running::start(self.command(&built("gantry")).args(arguments)).finish()
    }

    /// Writes the images as one archive and loads it.
    #[track_caller]
    pub fn load(&self, images: &[Image]) {
        let archive = self.write("load.tar", Archive::Docker.to_vec(images).unwrap());
        self.docker(&["load", "--quiet", "--input", archive.to_str().unwrap()])
            .ok();
        fs::remove_file(archive).unwrap();
    }

    /// One field of `docker inspect`, as Go's templates name it.
    #[track_caller]
    pub fn inspect(&self, what: &str, field: &str) -> String {
        self.docker(&["inspect", "--format", &format!("{{{{{field}}}}}"), what])
            .ok()
    }

    /// Waits until a container is in a state (`running`, `exited`, …).
    #[track_caller]
    pub fn wait_for_state(&self, container: &str, state: &str) {
        let seen = || (self.inspect(container, ".State.Status") == state).then_some(());
        wait_for(&format!("{container} to be {state}"), seen);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("--- the engine said:\n{}", self.log());
        }
    }
}

/// The same command, started inside a cgroup as a service manager would.
fn inside(group: &Path, command: &Command) -> Command {
    let mut wrapped = Command::new("/bin/sh");
    wrapped
        .args(["-c", "echo $$ > \"$0\"; exec \"$@\""])
        .arg(group.join("cgroup.procs"));
    wrapped
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear();
    for (key, value) in command.get_envs() {
        if let Some(value) = value {
            wrapped.env(key, value);
        }
    }
    if let Some(folder) = command.get_current_dir() {
        wrapped.current_dir(folder);
    }
    wrapped
}

fn set_private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}

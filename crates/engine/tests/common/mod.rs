//! An engine in this process with a data root of its own, and an image to run.
#![allow(dead_code, reason = "each test program uses a part of this")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the lints know test functions, not their helpers"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use gantry_engine::{
    Engine, EnterError, Error, Host, LogQuery, Options, RemoveOptions, StopOptions, WaitCondition,
    enter,
};
use gantry_pack::{Archive, fixtures};
use gantry_wire as wire;
use tempfile::TempDir;

/// The image that [`Rig::start`] loads.
pub const IMAGE: &str = "gantry/test:1";

/// Runs a test against a fresh engine, or says why it cannot run here.
pub fn with_engine<F: Future<Output = ()>>(test: impl FnOnce(Rig) -> F) {
    if !rustix::process::geteuid().is_root() {
        // A user namespace needs a process with one thread, which a test is not.
        println!("skipped: needs root; tests/ covers ordinary users through the program");
        return;
    }
    if shim().is_none() {
        println!("skipped: gantry-shim is not built (cargo build -p gantry-shim)");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path());
    let host = enter(&options).unwrap();
    // The runtime's threads inherit the mount namespace that was just entered.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let engine = Engine::open(host).await.unwrap();
        let rig = Rig { engine, folder };
        rig.load().await;
        test(rig).await;
    });
}

fn options(folder: &Path) -> Options {
    Options {
        root: Some(folder.join("root")),
        socket: Some(folder.join("engine.sock")),
        config: Some(folder.join("config.toml")),
    }
}

/// Enters from a thread that shares no working directory with others: joining the namespace of
/// living supervisors, which is this one already, wants that.
fn enter_again(options: Options) -> Result<Host, EnterError> {
    let alone = move || {
        nix::sched::unshare(nix::sched::CloneFlags::CLONE_FS).unwrap();
        enter(&options)
    };
    std::thread::spawn(alone).join().unwrap()
}

/// The supervisor's program beside the test programs.
fn shim() -> Option<PathBuf> {
    let own = std::env::current_exe().unwrap();
    let built = own.parent()?.parent()?.join("gantry-shim");
    built.exists().then_some(built)
}

/// An engine under test. Dropping it leaves nothing running.
pub struct Rig {
    pub engine: Engine,
    folder: TempDir,
}

impl Rig {
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    pub async fn load(&self) {
        let image = fixtures::busybox(IMAGE).unwrap();
        let archive = Archive::Docker.to_vec(&[image]).unwrap();
        let lines: Vec<_> = self
            .engine
            .load_images(std::io::Cursor::new(archive))
            .await
            .unwrap()
            .collect()
            .await;
        assert!(lines.iter().all(|line| line.error.is_empty()), "{lines:?}");
    }

    /// Ends the engine as a kill would, with its containers going on, and opens another one.
    pub async fn reopen(self) -> Self {
        let Self { engine, folder } = self;
        engine.close().await;
        drop(engine);
        for _ in 0..3000 {
            match enter_again(options(folder.path())) {
                Ok(host) => {
                    let engine = Engine::open(host).await.unwrap();
                    return Self { engine, folder };
                }
                // The last owner has not let go of the lock yet.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        panic!("the data root stays locked");
    }

    /// Creates a container that runs a shell script.
    pub async fn create(&self, name: &str, script: &str) -> String {
        self.create_with(name, script, |_| ()).await
    }

    pub async fn create_with(
        &self,
        name: &str,
        script: &str,
        change: impl FnOnce(&mut wire::ContainerCreate),
    ) -> String {
        let mut body = body(script);
        change(&mut body);
        self.engine
            .create_container(Some(name), None, body)
            .await
            .unwrap()
            .id
    }

    pub async fn run(&self, name: &str, script: &str) -> String {
        let id = self.create(name, script).await;
        self.engine.start(&id).await.unwrap();
        id
    }

    /// Waits for the next state without a process and returns the exit code.
    pub async fn wait(&self, id: &str) -> i64 {
        let waiting = self
            .engine
            .wait(id, WaitCondition::NotRunning)
            .await
            .unwrap();
        let outcome = tokio::time::timeout(Duration::from_secs(20), waiting.outcome());
        outcome
            .await
            .expect("the container ends")
            .unwrap()
            .status_code
    }

    /// What the container wrote.
    pub async fn output(&self, id: &str) -> String {
        let query = LogQuery {
            stdout: true,
            stderr: true,
            ..LogQuery::default()
        };
        let log = self.engine.logs(id, query).await.unwrap();
        let rows: Vec<_> = log.entries.collect().await;
        rows.into_iter()
            .map(|row| {
                let row = row.unwrap();
                let end = if row.partial { "" } else { "\n" };
                String::from_utf8(row.bytes).unwrap() + end
            })
            .collect()
    }

    pub async fn state(&self, id: &str) -> wire::State {
        self.engine
            .inspect_container(id, false)
            .await
            .unwrap()
            .state
    }

    /// Waits until the container wrote the text.
    pub async fn wrote(&self, id: &str, text: &str) {
        let query = LogQuery {
            stdout: true,
            stderr: true,
            follow: true,
            ..LogQuery::default()
        };
        let mut log = self.engine.logs(id, query).await.unwrap();
        let found = async {
            while let Some(row) = log.entries.next().await {
                if String::from_utf8_lossy(&row.unwrap().bytes).contains(text) {
                    return true;
                }
            }
            false
        };
        assert!(
            tokio::time::timeout(Duration::from_secs(20), found)
                .await
                .unwrap()
        );
    }

    pub async fn stop(&self, id: &str, seconds: i64) {
        let options = StopOptions {
            timeout: Some(seconds),
            ..StopOptions::default()
        };
        self.engine.stop(id, options).await.unwrap();
    }

    pub async fn remove(&self, id: &str) -> Result<(), Error> {
        self.engine
            .remove(
                id,
                RemoveOptions {
                    force: true,
                    volumes: true,
                },
            )
            .await
    }

    /// Removes all containers, so that no process outlives the test.
    pub async fn clean(self) {
        let query = gantry_engine::ContainerQuery {
            all: true,
            ..Default::default()
        };
        for row in self.engine.list_containers(&query).await.unwrap() {
            self.remove(&row.id).await.unwrap();
        }
        self.engine.close().await;
    }
}

/// Waits until something is so.
pub async fn until(what: &str, so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !so() {
        assert!(Instant::now() < deadline, "waiting for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A request for a container without network that runs a shell script.
pub fn body(script: &str) -> wire::ContainerCreate {
    let mut body = wire::ContainerCreate::default();
    IMAGE.clone_into(&mut body.config.image);
    body.config.cmd = ["sh", "-c", script].map(str::to_owned).to_vec();
    "none".clone_into(&mut body.host_config.network_mode);
    body
}

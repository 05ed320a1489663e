//! What is killed, and when.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rand::{Rng, RngExt};

use super::world::{Status, World};
use super::{chance, pick};
use crate::{Engine, Running, kill_parent_of, wait_for};

/// Who gets the SIGKILL.
#[derive(Debug, Clone, PartialEq)]
pub enum Victim {
    Engine,
    /// The docker CLIs.
    Clients,
    /// The shim of a running container.
    Supervisor(String),
}

impl Victim {
    pub fn choose(world: &World, rng: &mut impl Rng) -> Self {
        let running = world.containers(&[Status::Running, Status::Paused]);
        match rng.random_range(0..10) {
            0 => Self::Clients,
            1 => pick(&running, rng).map_or(Self::Engine, |name| Self::Supervisor(name.clone())),
            _ => Self::Engine,
        }
    }
}

/// The calls by which state changes: each is a point at which a crash may find the engine.
const CHANGES: &str = "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,symlink,\
symlinkat,link,linkat,syncfs,fsync,fdatasync,sendmsg,ftruncate,fchmod,setxattr,fsetxattr,mknodat";

/// When it comes.
#[derive(Debug, Clone, PartialEq)]
pub enum Moment {
    /// After the operations have begun.
    After(Duration),
    /// A thread of the engine is about to make its n-th change.
    AtChange(u32),
}

impl Moment {
    pub fn choose(rng: &mut impl Rng) -> Self {
        if chance(50, rng) {
            Self::AtChange(rng.random_range(1..12))
        } else {
            // Most operations take between 30 and 200 ms, the CLI's own start included.
            Self::After(Duration::from_millis(rng.random_range(0..250)))
        }
    }

    /// Gets ready: a tracer takes a moment to attach.
    pub fn prepare(self, engine: &Engine, victim: &Victim) -> Blow {
        let after = |delay| Blow {
            tracer: None,
            delay,
            victim: victim.clone(),
        };
        match self {
            Self::After(delay) => after(delay),
            Self::AtChange(number) if *victim == Victim::Engine => {
                // Without the right to trace, time alone has to do.
                let tracer = attach(engine, number);
                Blow {
                    tracer,
                    ..after(Duration::from_millis(250))
                }
            }
            Self::AtChange(number) => after(Duration::from_millis(u64::from(number) * 20)),
        }
    }
}

/// A kill that is about to happen.
pub struct Blow {
    tracer: Option<Running>,
    delay: Duration,
    victim: Victim,
}

impl Blow {
    /// Lets it happen; where the engine makes fewer changes than that, it dies after the delay.
    pub fn strike(self, engine: &Engine, clients: &mut [Running]) {
        let delay = std::time::Instant::now() + self.delay;
        while std::time::Instant::now() < delay {
            if self.tracer.is_some() && engine.has_ended() {
                return;
            }
            thread::sleep(Duration::from_millis(2));
        }
        match &self.victim {
            Victim::Engine => engine.interrupt(),
            Victim::Clients => clients.iter_mut().for_each(Running::kill),
            Victim::Supervisor(name) => {
                // One of the operations may have removed it.
                let ask = ["inspect", "--format", "{{.State.Pid}}", name.as_str()];
                let pid = || engine.docker(&ask).out.trim().to_owned();
                let before = pid();
                if !matches!(before.as_str(), "" | "0") {
                    kill_parent_of(&before);
                    // What is looked at next is what the engine makes of it.
                    wait_for("the engine to notice", || (pid() != before).then_some(()));
                }
            }
        }
    }
}

fn attach(engine: &Engine, number: u32) -> Option<Running> {
    if !Path::new("/usr/bin/strace").exists() {
        return None;
    }
    let pid = engine.pid().to_string();
    let mut command = Command::new("/usr/bin/strace");
    command
        .args(["--follow-forks", "--detach-on=execve", "--trace", CHANGES])
        .arg(format!("--inject={CHANGES}:signal=KILL:when={number}"))
        .args(["--attach", &pid]);
    let mut tracer = Running::start(&mut command);
    let attached = wait_for("the tracer to attach", || {
        let said = tracer.err();
        let attached = said.contains("attached").then_some(true);
        attached.or_else(|| tracer.has_ended().then_some(false))
    });
    attached.then_some(tracer)
}

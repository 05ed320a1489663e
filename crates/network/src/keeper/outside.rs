//! The way out: started beside everything else, watched, and started again when it is gone.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use gantry_packet::{complain, say};
use rustix::event::{EventfdFlags, eventfd};

use crate::egress::{self, Helper};
use crate::plan::{KeeperRecord, Plan};
use crate::protocol::Egress;

/// How long a container's start waits for the way out at most.
const PATIENCE: Duration = Duration::from_secs(3);
/// A helper that lasted less than this is not started again at once.
const SHORT: Duration = Duration::from_secs(2);

/// The state of the way out.
#[derive(Debug)]
pub struct Outside {
    /// `None` as root, where the host routes.
    inner: Option<Inner>,
}

#[derive(Debug)]
struct Inner {
    pin: PathBuf,
    path: String,
    directory: PathBuf,
    starting: Option<Receiver<Result<Helper, String>>>,
    /// Readable when what was starting has started.
    bell: OwnedFd,
    helper: Option<Helper>,
    problem: String,
    since: Instant,
}

impl Outside {
    /// Takes over what an earlier keeper left, or begins to start a helper.
    pub fn begin(plan: &Plan, directory: &Path) -> std::io::Result<Self> {
        let Some(pin) = plan.pin.clone() else {
            return Ok(Self { inner: None });
        };
        let earlier = KeeperRecord::read(directory).ok().flatten();
        let helper = earlier.and_then(|record| Helper::found(&record.helper?));
        let mut inner = Inner {
            pin,
            path: plan.path.clone(),
            directory: directory.to_owned(),
            starting: None,
            bell: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
            helper,
            problem: String::new(),
            since: Instant::now(),
        };
        if inner.helper.is_none() {
            inner.start(Duration::ZERO);
        }
        Ok(Self { inner: Some(inner) })
    }

    /// Waits until it is known what containers have.
    pub fn settle(&mut self) {
        if let Some(inner) = &mut self.inner {
            inner.wait(PATIENCE);
        }
    }

    pub fn now(&self) -> Egress {
        let Some(inner) = &self.inner else {
            return Egress::Host;
        };
        match (&inner.helper, &inner.starting) {
            (Some(helper), _) => helper.egress(),
            (None, Some(_)) => Egress::Unknown,
            (None, None) => Egress::None(inner.problem.clone()),
        }
    }

    pub fn helper(&self) -> Option<&Helper> {
        self.inner.as_ref()?.helper.as_ref()
    }

    /// What becomes readable when there is something to do here.
    pub fn watched(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let inner = self.inner.as_ref();
        let helper = inner.and_then(|inner| inner.helper.as_ref());
        let bell = inner.map(|inner| inner.bell.as_fd());
        bell.into_iter()
            .chain(helper.map(|helper| helper.pidfd.as_fd()))
    }

    /// Looks what has become of the helper. True when containers have another way out than before.
    pub fn look(&mut self) -> bool {
        let before = self.now();
        if let Some(inner) = &mut self.inner {
            let mut count = [0; 8];
            let _ = rustix::io::read(&inner.bell, &mut count);
            inner.wait(Duration::ZERO);
            if inner
                .helper
                .as_ref()
                .is_some_and(|helper| !helper.identity.is_alive())
            {
                say("the way out is gone and is started again");
                inner.helper = None;
                let pause = SHORT.saturating_sub(inner.since.elapsed());
                inner.start(pause);
            }
        }
        before != self.now()
    }

    pub fn end(&mut self) {
        if let Some(inner) = &mut self.inner {
            inner.wait(PATIENCE);
            if let Some(helper) = inner.helper.take() {
                helper.end();
            }
        }
    }
}

impl Inner {
    fn start(&mut self, pause: Duration) {
        let (tell, told) = mpsc::channel();
        let (path, pin, directory) = (self.path.clone(), self.pin.clone(), self.directory.clone());
        let bell = self.bell.try_clone();
        self.since = Instant::now();
        let spawned = thread::Builder::new()
            .name("egress".to_owned())
            .spawn(move || {
                thread::sleep(pause);
                let started = egress::start(&path, &pin, &directory);
                // Whoever waits may have gone.
                let _ = tell.send(started);
                if let Ok(bell) = bell {
                    let _ = rustix::io::write(bell, &1_u64.to_ne_bytes());
                }
            });
        match spawned {
            Ok(_) => self.starting = Some(told),
            Err(error) => self.problem = error.to_string(),
        }
    }

    /// Takes in what was starting, if it is ready in time.
    fn wait(&mut self, patience: Duration) {
        let Some(starting) = &self.starting else {
            return;
        };
        match starting.recv_timeout(patience) {
            Ok(Ok(helper)) => self.helper = Some(helper),
            Ok(Err(problem)) => {
                complain("no way out", &problem);
                self.problem = problem;
            }
            Err(RecvTimeoutError::Timeout) => return,
            Err(RecvTimeoutError::Disconnected) => "it ended early".clone_into(&mut self.problem),
        }
        self.starting = None;
    }
}

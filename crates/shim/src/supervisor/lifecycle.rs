//! From ready on: start, pause, stop. The end is in `ending`.

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use gantry_log::{Rotation, Writer};
use gantry_packet::complain;
use gantry_runtime::{
    Container, FailureKind, Freezer, StartFailure, Step, launch, resize_terminal, send_signal,
};
use gantry_shim::protocol::Event;
use gantry_shim::{ExitRecord, ShimRecord};
use rustix::io::Errno;

use super::check::Check;
use super::poll::Source;
use super::streams::{self, Input, Output};
use super::{Life, Running, Supervisor, clock};

/// How long a container has to stop when the machine goes down (SIGTERM to the shim).
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

/// When what could not be waited for is tried again.
const SETTLE_AGAIN: Duration = Duration::from_millis(100);

/// In the protocol's numbers.
const SIGHUP: i32 = 1;
const SIGKILL: i32 = 9;

impl Supervisor {
    /// Starts the container. A failure ends the shim's life as well: its record says why.
    pub(super) fn start(&mut self) -> Result<(), StartFailure> {
        match self.launch() {
            Ok(running) => {
                let process = running.container.process.clone();
                self.life = Life::Running(Box::new(running));
                if let Err(error) = self.write_record() {
                    complain("shim.json", error);
                }
                self.tell(Event::Started { process });
                self.read_leftovers();
                Ok(())
            }
            Err(failure) => {
                self.end(ExitRecord::of_failure(&failure, clock::now()));
                Err(failure)
            }
        }
    }

    fn launch(&self) -> Result<Running, StartFailure> {
        // On a full disk it must be known before, not at the end.
        ExitRecord::make_room(&self.bundle.exit_record)
            .map_err(|error| system_failure(Step::Init, "the exit record", &error))?;
        let log = self.open_log()?;
        let process = self.bundle.spec.process().as_ref();
        let terminal = process.is_some_and(|process| process.terminal() == Some(true));
        let (container, input, outputs) = if terminal {
            self.launch_with_terminal()?
        } else {
            self.launch_with_pipes()?
        };
        let oom_watch = container.cgroup.watch_oom().ok().flatten();
        let running = Running {
            container,
            input,
            outputs,
            log,
            started_at: clock::now(),
            paused: false,
            held_by: None,
            log_failed: false,
            kill_at: None,
            oom_watch,
            check: self.plan_checks(),
        };
        self.watch(&running)
            .map_err(|error| system_failure(Step::Init, "epoll", &error))?;
        Ok(running)
    }

    fn watch(&self, running: &Running) -> io::Result<()> {
        self.poll.watch(&running.container.pidfd, Source::Exit)?;
        if let Some(watch) = &running.oom_watch {
            self.poll.watch(watch, Source::OutOfMemory)?;
        }
        Ok(())
    }

    fn open_log(&self) -> Result<Option<Writer>, StartFailure> {
        let Some(plan) = &self.bundle.log else {
            return Ok(None);
        };
        let rotation = Rotation {
            max_size: plan.max_size,
            max_files: plan.max_files,
        };
        Writer::open(&plan.directory, rotation)
            .map(Some)
            .map_err(|error| StartFailure::new(FailureKind::Other, Step::Log, error.to_string()))
    }

    fn launch_with_pipes(&self) -> Result<(Container, Option<Input>, Vec<Output>), StartFailure> {
        let plan = self.bundle.stdin;
        let pipes = streams::make_pipes(plan)
            .map_err(|error| system_failure(Step::Stdio, "pipes", &error))?;
        let (theirs, input, outputs) = pipes.split(plan);
        Ok((launch(&self.bundle, theirs)?, input, outputs))
    }

    fn launch_with_terminal(
        &self,
    ) -> Result<(Container, Option<Input>, Vec<Output>), StartFailure> {
        let size = self.terminal_size;
        let mut container = launch(&self.bundle, gantry_runtime::Streams::Terminal { size })?;
        let missing = || StartFailure::new(FailureKind::Other, Step::Terminal, "no terminal came");
        let master = container.terminal.take().ok_or_else(missing)?;
        let (input, outputs) = streams::from_terminal(&master, self.bundle.stdin)
            .map_err(|error| system_failure(Step::Terminal, "open", &error))?;
        container.terminal = Some(master);
        Ok((container, Some(input), outputs))
    }

    /// Writes `shim.json`: which process this is and, once it runs, the container's.
    pub(super) fn write_record(&self) -> io::Result<()> {
        let container = match &self.life {
            Life::Running(running) => Some(running.container.process.clone()),
            _ => None,
        };
        let record = ShimRecord {
            version: gantry_shim::protocol::VERSION,
            shim: self.me.clone(),
            socket: self.bundle.socket.clone(),
            container,
        };
        record.write(&self.directory)
    }

    /// Sends the stop signal; SIGKILL follows when the grace period is over.
    pub(super) fn stop(&mut self, signal: Option<i32>, grace: Option<Duration>) -> io::Result<()> {
        let signal = signal.unwrap_or(self.bundle.stop_signal);
        let Life::Running(running) = &mut self.life else {
            return Ok(());
        };
        let deadline = grace.and_then(|grace| Instant::now().checked_add(grace));
        // Of two stops the one that ends sooner counts.
        running.kill_at = match (running.kill_at, deadline) {
            (Some(before), Some(now)) => Some(before.min(now)),
            (before, now) => before.or(now),
        };
        running.send(signal)?;
        self.resume()
    }

    /// Sends a signal to the first process.
    pub(super) fn signal(&mut self, signal: i32) -> io::Result<()> {
        let Life::Running(running) = &mut self.life else {
            return Ok(());
        };
        running.send(signal)?;
        // A frozen process of v1 does not even die.
        if signal == SIGKILL {
            self.resume()
        } else {
            Ok(())
        }
    }

    /// The only one who watched is gone. What runs in the foreground hears of it when the shell
    /// ends, from the kernel.
    pub(super) fn hang_up(&mut self) {
        if let Err(error) = self.signal(SIGHUP) {
            complain("hang up", error);
        }
    }

    pub(super) fn pause(&mut self) -> io::Result<()> {
        let Life::Running(running) = &mut self.life else {
            return Ok(());
        };
        if running.paused {
            running.held_by = None;
        } else {
            running.freezer().freeze()?;
            running.paused = true;
            if let Some(check) = &mut running.check {
                check.suspend();
            }
            self.tell(Event::Paused);
        }
        Ok(())
    }

    /// Pauses until the connection releases it or closes.
    pub(super) fn hold(&mut self, connection: u32) -> io::Result<()> {
        if matches!(&self.life, Life::Running(running) if running.paused) {
            return Ok(());
        }
        self.pause()?;
        if let Life::Running(running) = &mut self.life {
            running.held_by = Some(connection);
        }
        Ok(())
    }

    pub(super) fn release(&mut self, connection: u32) -> io::Result<()> {
        match &self.life {
            Life::Running(running) if running.held_by == Some(connection) => self.resume(),
            _ => Ok(()),
        }
    }

    /// Resumes what stands still for a connection that closed. What cannot be resumed stays paused
    /// until somebody asks again.
    pub(super) fn release_for_the_gone(&mut self) {
        let Life::Running(running) = &mut self.life else {
            return;
        };
        let lives = |holder: &u32| self.connections.iter().any(|c| c.number == *holder);
        if running.held_by.take_if(|holder| !lives(holder)).is_some()
            && let Err(error) = self.resume()
        {
            complain("resume", error);
        }
    }

    pub(super) fn resume(&mut self) -> io::Result<()> {
        let Life::Running(running) = &mut self.life else {
            return Ok(());
        };
        if running.paused {
            running.freezer().thaw()?;
            running.paused = false;
            running.held_by = None;
            if let Some(check) = &mut running.check {
                check.resume();
            }
            self.tell(Event::Resumed);
        }
        Ok(())
    }

    pub(super) fn resize(&mut self, size: gantry_runtime::TerminalSize) -> io::Result<()> {
        self.terminal_size = Some(size);
        let Life::Running(running) = &self.life else {
            return Ok(());
        };
        match &running.container.terminal {
            Some(master) => Ok(resize_terminal(master, size)?),
            None => Ok(()),
        }
    }

    /// How long until grace is over, something about a check is due, a stream is to be waited for, or
    /// engines are let in again.
    pub(super) fn time_to_act(&self) -> Option<Duration> {
        let (mut first, mut again) = (self.deaf_until, None);
        if let Life::Running(running) = &self.life {
            let check = running.check.as_ref().and_then(Check::due);
            first = first.into_iter().chain(running.kill_at).chain(check).min();
            again = (!self.settled).then_some(SETTLE_AGAIN);
        }
        let first = first.map(|at| at.saturating_duration_since(Instant::now()));
        first.into_iter().chain(again).min()
    }

    pub(super) fn kill_when_due(&mut self) {
        let Life::Running(running) = &mut self.life else {
            return;
        };
        if running.kill_at.is_some_and(|at| at <= Instant::now()) {
            running.kill_at = None;
            if let Err(error) = self.signal(SIGKILL) {
                complain("kill", error);
            }
        }
    }

    /// SIGTERM to the shim means that the machine, or the user's session, goes down.
    pub(super) fn take_signal(&mut self) {
        while let Ok(Some(_)) = self.signals.read_signal() {
            if let Err(error) = self.stop(None, Some(SHUTDOWN_GRACE)) {
                complain("stop", error);
            }
        }
    }

    pub(super) fn memory_ran_out(&mut self) {
        let Life::Running(running) = &mut self.life else {
            return;
        };
        if let Some(watch) = &running.oom_watch {
            let _ = rustix::io::read(watch, &mut self.buffer[..]);
        }
        if running.container.cgroup.oom_kills() > 0 && !self.oom_killed {
            self.oom_killed = true;
            self.tell(Event::OomKilled);
        }
    }
}

impl Running {
    /// Does something with the log. A full disk must not stop the container: the first failure is
    /// told, and the log goes on as soon as it can.
    pub(super) fn log_with(&mut self, act: impl FnOnce(&mut Writer) -> gantry_log::Result<()>) {
        let Some(log) = &mut self.log else { return };
        match act(log) {
            Err(error) if !self.log_failed => {
                complain("log", error);
                self.log_failed = true;
            }
            _ => {}
        }
    }

    /// Sends a signal; a process that has just ended needs none.
    fn send(&self, signal: i32) -> io::Result<()> {
        match send_signal(self.container.pidfd.as_fd(), signal) {
            Err(Errno::SRCH) => Ok(()),
            other => Ok(other?),
        }
    }

    fn freezer(&self) -> Freezer {
        self.container.cgroup.freezer(self.container.process.pid)
    }

    pub(super) fn pauses_by_signals(&self) -> bool {
        matches!(self.freezer(), Freezer::Signals { .. })
    }
}

fn system_failure(step: Step, detail: &str, error: &io::Error) -> StartFailure {
    let errno = error.raw_os_error().unwrap_or_default();
    StartFailure {
        kind: FailureKind::Other,
        step,
        errno,
        detail: detail.to_owned(),
    }
}

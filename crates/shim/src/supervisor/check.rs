//! The container's own check of its health: when it is due, and the process that makes it.
//!
//! Each check is a process that joins the container, as any further one does. It goes on without an
//! engine; what it found stands in `health.json`. While the container stands still no check begins,
//! and none takes too long.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use gantry_packet::complain;
use gantry_runtime::{
    Bundle, Container, HealthPlan, ProcessIdentity, StartFailure, Starting, Streams, begin,
    null_device,
};
use gantry_shim::protocol::Event;
use gantry_shim::{Health, HealthStatus, ProbeResult};
use nix::fcntl::OFlag;
use nix::unistd::pipe2;
use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use super::poll::{Poll, Source};
use super::{Life, Supervisor, TURN, clock};

/// How much of what a check writes is kept, as in Docker.
const MOST_OUTPUT: usize = 4096;

/// `SIGKILL`, in the protocol's numbers.
const SIGKILL: i32 = 9;

/// The checks of one run of a container.
pub(super) struct Check {
    plan: HealthPlan,
    health: Health,
    since: Instant,
    /// When the next one begins, or when the one under way has taken too long; `None` while the
    /// container stands still, and for one that was killed.
    due: Option<Instant>,
    probe: Option<Probe>,
}

/// A check under way.
struct Probe {
    stage: Stage,
    /// Until its end.
    output: Option<OwnedFd>,
    text: Vec<u8>,
    cut: bool,
    start: u64,
    overdue: bool,
}

/// How far it is. What the container does to a check that begins must not hold the supervisor up.
enum Stage {
    Begins(Starting),
    Runs(Container),
}

impl Check {
    pub(super) fn new(plan: HealthPlan, before: Option<Health>) -> Self {
        let health = Health {
            // What an earlier run found can still be read.
            log: before.map(|health| health.log).unwrap_or_default(),
            ..Health::default()
        };
        let mut check = Self {
            plan,
            health,
            since: Instant::now(),
            due: None,
            probe: None,
        };
        check.plan_next();
        check
    }

    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// The container stands still.
    pub(super) fn suspend(&mut self) {
        self.due = None;
    }

    /// It goes on: the time that is left begins anew.
    pub(super) fn resume(&mut self) {
        match &self.probe {
            None => self.plan_next(),
            Some(probe) if !probe.overdue => self.due = after(self.plan.timeout_ms),
            Some(_) => {}
        }
    }

    fn is_starting(&self) -> bool {
        self.health.status == HealthStatus::Starting
            && self.since.elapsed() < Duration::from_millis(self.plan.start_period_ms)
    }

    fn plan_next(&mut self) {
        self.due = after(if self.is_starting() {
            self.plan.start_interval_ms
        } else {
            self.plan.interval_ms
        });
    }

    /// Takes a result in; whether the status is another one.
    fn finish(&mut self, result: ProbeResult, was_starting: bool) {
        self.health.take(result, self.plan.retries, was_starting);
        self.probe = None;
        self.plan_next();
    }
}

fn after(milliseconds: u64) -> Option<Instant> {
    Instant::now().checked_add(Duration::from_millis(milliseconds))
}

impl Probe {
    fn start(bundle: &Bundle, poll: &Poll) -> Result<Self, String> {
        let failed = |error: io::Error| error.to_string();
        let start = clock::now();
        let (ours, theirs) = pipe2(OFlag::O_CLOEXEC).map_err(|errno| errno.to_string())?;
        rustix::io::ioctl_fionbio(&ours, true).map_err(|errno| errno.to_string())?;
        let streams = Streams::Separate {
            stdin: null_device().map_err(|errno| errno.to_string())?,
            stdout: theirs.try_clone().map_err(failed)?,
            stderr: theirs,
        };
        let starting = begin(bundle, streams).map_err(|failure| failure.to_string())?;
        poll.watch(&starting, Source::ProbeStart)
            .and_then(|()| poll.watch(&ours, Source::ProbeOutput))
            .map_err(failed)?;
        Ok(Self {
            stage: Stage::Begins(starting),
            output: Some(ours),
            text: Vec::new(),
            cut: false,
            start,
            overdue: false,
        })
    }

    /// Takes in how its start goes.
    fn go_on(&mut self, poll: &Poll) -> Result<(), String> {
        let failed = |failure: StartFailure| failure.to_string();
        if let Stage::Begins(starting) = &mut self.stage
            && let Some(container) = starting.go_on().map_err(failed)?
        {
            let watched = poll.watch(&container.pidfd, Source::ProbeExit);
            self.stage = Stage::Runs(container);
            watched.map_err(|error| {
                self.kill();
                error.to_string()
            })?;
        }
        Ok(())
    }

    /// Whether its end is still to come.
    fn kill(&self) -> bool {
        let Stage::Runs(container) = &self.stage else {
            return false;
        };
        // It has just ended otherwise.
        let _ = gantry_runtime::send_signal(container.pidfd.as_fd(), SIGKILL);
        true
    }

    /// Reads what it wrote, for one turn; what is too much is dropped, so that it can write on.
    fn read(&mut self, buffer: &mut [u8]) {
        for _ in 0..TURN {
            let Some(output) = &self.output else { return };
            match rustix::io::read(output, &mut *buffer) {
                Ok(count @ 1..) => {
                    let room = MOST_OUTPUT - self.text.len();
                    self.text.extend_from_slice(&buffer[..count.min(room)]);
                    self.cut |= count > room;
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Ok(_) | Err(_) => self.output = None,
            }
        }
    }

    fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.text);
        let cut = if self.cut { "..." } else { "" };
        format!("{text}{cut}")
    }

    fn result(&self, code: i32, timeout: Duration) -> ProbeResult {
        let (code, output) = match (self.overdue, self.text()) {
            (false, text) => (code, text),
            (true, text) => {
                let mut said = format!("Health check exceeded timeout ({})", go_duration(timeout));
                if !text.is_empty() {
                    said = format!("{said}: {text}");
                }
                (-1, said)
            }
        };
        ProbeResult {
            start: self.start,
            end: clock::now(),
            code,
            output,
        }
    }
}

impl Supervisor {
    /// The checks of a container that is about to run.
    pub(super) fn plan_checks(&self) -> Option<Check> {
        let plan = self.bundle.health.clone()?;
        let before = Health::read(&self.directory).ok().flatten();
        let check = Check::new(plan, before);
        self.keep(&check.health);
        Some(check)
    }

    /// Begins a check that is due, or kills one that takes too long.
    pub(super) fn check_when_due(&mut self) {
        let Life::Running(running) = &mut self.life else {
            return;
        };
        let Some(check) = &mut running.check else {
            return;
        };
        if check.due.is_none_or(|due| due > Instant::now()) {
            return;
        }
        check.due = None;
        if let Some(probe) = &mut check.probe {
            probe.overdue = true;
            if !probe.kill() {
                let timeout = Duration::from_millis(check.plan.timeout_ms);
                let result = probe.result(-1, timeout);
                self.probed(result);
            }
            return;
        }
        let first = running.container.process.clone();
        let bundle = probe_bundle(&self.bundle, first, &check.plan.test);
        let start = clock::now();
        match Probe::start(&bundle, &self.poll) {
            Ok(probe) => {
                check.probe = Some(probe);
                check.due = after(check.plan.timeout_ms);
                self.tell(Event::Probing);
            }
            Err(output) => self.probed(not_made(start, output)),
        }
    }

    /// The check's process has something to tell about its start.
    pub(super) fn probe_starts(&mut self) {
        if let Life::Running(running) = &mut self.life
            && let Some(probe) = running.check.as_mut().and_then(|it| it.probe.as_mut())
            && let Err(output) = probe.go_on(&self.poll)
        {
            let result = not_made(probe.start, output);
            self.probed(result);
        }
    }

    pub(super) fn probe_wrote(&mut self) {
        if let Life::Running(running) = &mut self.life
            && let Some(probe) = running.check.as_mut().and_then(|it| it.probe.as_mut())
        {
            probe.read(&mut self.buffer);
        }
    }

    /// The check's process may be over: its result is.
    pub(super) fn probe_ended(&mut self) {
        let Life::Running(running) = &mut self.life else {
            return;
        };
        let Some(check) = &mut running.check else {
            return;
        };
        let timeout = Duration::from_millis(check.plan.timeout_ms);
        let Some(probe) = &mut check.probe else {
            return;
        };
        let Stage::Runs(container) = &probe.stage else {
            return;
        };
        let pidfd = WaitId::PidFd(container.pidfd.as_fd());
        let code = match waitid(pidfd, WaitIdOptions::EXITED | WaitIdOptions::NOHANG) {
            Ok(Some(status)) => status
                .terminating_signal()
                .map_or(status.exit_status().unwrap_or_default(), |signal| {
                    128 + signal
                }),
            Ok(None) => return,
            Err(error) => {
                complain("waitid", error);
                -1
            }
        };
        probe.read(&mut self.buffer);
        let result = probe.result(code, timeout);
        self.probed(result);
    }

    /// Takes a result in, keeps it, and tells.
    fn probed(&mut self, result: ProbeResult) {
        let Life::Running(running) = &mut self.life else {
            return;
        };
        let (paused, Some(check)) = (running.paused, &mut running.check) else {
            return;
        };
        let forgiven = check.is_starting();
        check.finish(result, forgiven);
        if paused {
            check.suspend();
        }
        let health = check.health.clone();
        self.keep(&health);
        self.tell(Event::Probed);
    }

    fn keep(&self, health: &Health) {
        if let Err(error) = health.write(&self.directory) {
            complain("health.json", error);
        }
    }
}

/// The result of a check that could not be made.
fn not_made(start: u64, output: String) -> ProbeResult {
    ProbeResult {
        start,
        end: clock::now(),
        code: -1,
        output,
    }
}

/// The container's bundle with the check for a command.
fn probe_bundle(bundle: &Bundle, first: ProcessIdentity, test: &[String]) -> Bundle {
    let mut probe = bundle.clone().for_further_process(first);
    if let Some(process) = probe.spec.process_mut() {
        process
            .set_args(Some(test.to_vec()))
            .set_terminal(Some(false))
            .set_console_size(None);
    }
    probe
}

/// A time as Go prints it: `1m30s`, `1.5s`, `300ms`.
fn go_duration(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        return format!("{}ms", time.as_millis());
    }
    let (hours, minutes) = (time.as_secs() / 3600, time.as_secs() / 60 % 60);
    let seconds = (time.as_millis() % 60_000) as f64 / 1000.0;
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, _) => format!("{minutes}m{seconds}s"),
        _ => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_printed_as_go_prints_them() {
        for (milliseconds, expected) in [
            (300, "300ms"),
            (1500, "1.5s"),
            (30_000, "30s"),
            (90_000, "1m30s"),
            (3_600_000, "1h0m0s"),
        ] {
            assert_eq!(go_duration(Duration::from_millis(milliseconds)), expected);
        }
    }

    #[test]
    fn a_container_that_stands_still_is_not_checked() {
        let plan = HealthPlan {
            test: vec!["true".to_owned()],
            interval_ms: 1000,
            timeout_ms: 1000,
            start_period_ms: 0,
            start_interval_ms: 1,
            retries: 1,
        };
        let mut check = Check::new(plan, None);
        assert!(check.due().is_some());
        check.suspend();
        assert_eq!(check.due(), None);
        check.resume();
        assert!(check.due().is_some());
    }
}

//! The end of a container.

use std::os::fd::AsFd;

use gantry_log::Stream;
use gantry_packet::complain;
use gantry_runtime::{RootFs, kill_orphans};
use gantry_shim::ExitRecord;
use gantry_shim::protocol::Event;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use super::streams::Output;
use super::{Life, Supervisor, clock};

impl Supervisor {
    /// The first process is over: reap it, drain what was written, clean up, record, tell.
    pub(super) fn container_ended(&mut self) {
        let Life::Running(running) = &mut self.life else {
            return;
        };
        let pidfd = WaitId::PidFd(running.container.pidfd.as_fd());
        let status = match waitid(pidfd, WaitIdOptions::EXITED | WaitIdOptions::NOHANG) {
            Ok(Some(status)) => status,
            Ok(None) => return,
            Err(error) => return complain("waitid", error),
        };
        // The end of a pid namespace's first process has killed the others. Where the container
        // shares a pid namespace its control group tells who is left, or being their reaper does.
        // What a further process leaves behind goes on until the container ends.
        running.container.cgroup.kill();
        if !matches!(self.bundle.rootfs, RootFs::Running { .. }) {
            kill_orphans();
        }
        let signal = status.terminating_signal();
        let code = signal.map_or(status.exit_status().unwrap_or_default(), |signal| {
            128 + signal
        });
        let oom_kills = running.container.cgroup.oom_kills();
        let (started_at, process) = (running.started_at, running.container.process.clone());
        if oom_kills > 0 && !self.oom_killed {
            self.oom_killed = true;
            self.tell(Event::OomKilled);
        }
        self.drain();
        self.end(ExitRecord {
            code,
            signal,
            oom: self.oom_killed,
            started_at: Some(started_at),
            finished_at: clock::now(),
            error: None,
            process: Some(process),
        });
    }

    /// Reads what is left in the streams, whether or not clients are slow: at most what they hold,
    /// for what a further process left behind may write for ever.
    fn drain(&mut self) {
        for index in 0..2 {
            let mut left = self.held_by_stream(index);
            while left > 0 {
                match self.read_piece(index) {
                    0 => break,
                    count => left = left.saturating_sub(count),
                }
            }
        }
        let Life::Running(running) = &mut self.life else {
            return;
        };
        running.log_with(|log| {
            log.finish(Stream::Stdout)?;
            log.finish(Stream::Stderr)?;
            log.flush()
        });
    }

    fn held_by_stream(&self, index: usize) -> usize {
        let Life::Running(running) = &self.life else {
            return 0;
        };
        running.outputs.get(index).map_or(0, Output::capacity)
    }

    /// The last transition. The group is removed before the record is written, for a new shim may
    /// make it again as soon as the record is there.
    pub(super) fn end(&mut self, record: ExitRecord) {
        if let Life::Running(running) = &self.life {
            running.container.cgroup.remove();
        }
        if let Err(error) = record.write(&self.bundle.exit_record) {
            complain(self.bundle.exit_record.display(), error);
        }
        self.life = Life::Over(record.clone());
        self.withdraw();
        self.tell(Event::Exited { record });
    }
}

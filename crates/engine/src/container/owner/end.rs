//! When a container has ended: by itself, by a signal, or because its supervisor was lost.

use gantry_shim::{ExitRecord, HealthStatus};
use gantry_wire::{ContainerState, Timestamp};

use super::clients::Parting;
use super::starting::Starter;
use super::{Asked, Owner, Reply, answer};
use crate::container::ending;
use crate::container::record::View;
use crate::container::signal;
use crate::container::state::Step;
use crate::container::sweep;
use crate::request::{Outcome, RemoveOptions};
use crate::{Error, Result};

/// Who wants a container removed, and how.
type Removal = (RemoveOptions, Reply<()>);

/// What follows the end of a container.
#[derive(Debug)]
pub(super) enum AtEnd {
    /// A stop is answered.
    Stopped(Reply<Outcome>),
    /// A kill is answered.
    Killed(Reply<()>),
    /// It is started again for a user.
    Restart(Reply<()>),
    /// It is removed.
    Remove(RemoveOptions, Reply<()>),
    /// It is put out of sight.
    Hide(RemoveOptions, Reply<()>),
}

impl AtEnd {
    /// Answers a stop of a container that does not run.
    pub(super) fn nothing_to_do(self) {
        match self {
            Self::Stopped(reply) => answer(reply, Ok(Outcome::Unchanged)),
            Self::Killed(reply)
            | Self::Restart(reply)
            | Self::Remove(_, reply)
            | Self::Hide(_, reply) => answer(reply, Ok(())),
        }
    }

    /// The container does not end.
    pub(super) fn fail(self, error: Error) {
        match self {
            Self::Stopped(reply) => answer(reply, Err(error)),
            Self::Killed(reply)
            | Self::Restart(reply)
            | Self::Remove(_, reply)
            | Self::Hide(_, reply) => answer(reply, Err(error)),
        }
    }
}

/// How a container ended.
pub(crate) struct End {
    code: i32,
    signal: Option<i32>,
    oom: bool,
    lost: bool,
    started_at: Option<Timestamp>,
    finished_at: Timestamp,
    error: String,
}

impl From<ExitRecord> for End {
    fn from(record: ExitRecord) -> Self {
        Self {
            code: record.code,
            signal: record.signal,
            oom: record.oom,
            lost: false,
            started_at: record.started_at.map(timestamp),
            finished_at: timestamp(record.finished_at),
            error: record
                .error
                .map(|failure| failure.to_string())
                .unwrap_or_default(),
        }
    }
}

impl End {
    /// The end of a container whose supervisor disappeared: it went down with it.
    pub(crate) fn lost() -> Self {
        Self {
            lost: true,
            ..Self::killed("supervisor lost")
        }
    }

    /// The end of one that was ended past a supervisor that did not answer.
    pub(super) fn by_force() -> Self {
        Self::killed("ended by force: its supervisor did not answer")
    }

    fn killed(error: &str) -> Self {
        Self {
            code: 128 + signal::SIGKILL,
            signal: Some(signal::SIGKILL),
            oom: false,
            lost: false,
            started_at: None,
            finished_at: Timestamp::now(),
            error: error.to_owned(),
        }
    }

    /// Puts the end into a state; the step is the caller's.
    pub(crate) fn describe(&self, state: &mut crate::container::state::State) {
        state.process = None;
        state.exit_code = self.code;
        state.signal = self.signal;
        state.oom_killed |= self.oom;
        state.lost = self.lost;
        state.error.clone_from(&self.error);
        if let Some(started_at) = self.started_at {
            state.started_at = started_at;
        }
        state.finished_at = self.finished_at;
        state.ends += 1;
        if let Some(health) = &mut state.health {
            // What Docker says of a container that does not run.
            health.status = HealthStatus::Unhealthy;
        }
    }
}

impl Owner {
    /// The supervisor is gone. Its exit record, written before it leaves, tells the end; without
    /// one it was killed.
    pub(super) async fn supervisor_gone(&mut self) {
        let view = self.now();
        let path = self.folder.exit_record();
        let process = view.state.process.clone();
        let record = crate::core::blocking(move || {
            Ok(ExitRecord::read(&path)
                .ok()
                .flatten()
                .filter(|found| found.process == process))
        });
        let end = if let Ok(Some(record)) = record.await {
            record.into()
        } else {
            tracing::warn!(container = %view.id(), "the supervisor was lost");
            let (folder, process) = (self.folder.clone(), view.state.process.clone());
            let swept = crate::core::blocking(move || {
                sweep::after_loss(&folder, process.as_ref());
                Ok(())
            });
            // It only removes what is in the way; the end is told in any case.
            let _ = swept.await;
            End::lost()
        };
        self.ended(end).await;
    }

    pub(super) async fn ended(&mut self, end: End) {
        (self.search, self.due) = (None, None);
        let (link, mut held) = (self.link.take(), self.clients.clear());
        for (_, asked) in self.asked.drain() {
            // It came too late, and is sent the whole log instead.
            if let Asked::Attach { client, .. } = asked {
                held.remove(&client);
            }
        }
        if let Some(link) = link.filter(|_| !held.is_empty()) {
            self.parting.push(Parting { link, held });
        }
        self.up = None;
        self.unwire().await;
        self.tell_unmounted();
        let before = self.now();
        let user_restart = self
            .at_end
            .iter()
            .any(|then| matches!(then, AtEnd::Restart(_)));
        let again = !user_restart && self.policy_restarts(end.code);
        self.change(|view| {
            end.describe(&mut view.state);
            let step = if again {
                Step::WillRestart
            } else {
                Step::Exited
            };
            if let Err(error) = view.state.step(step) {
                tracing::error!(container = %view.id(), %error, "an impossible end");
            }
        });
        self.explain().await;
        self.save_or_log().await;
        if self.killed_at_last(&before, &end) {
            self.event("kill", &[("signal", signal::SIGKILL.to_string())]);
        }
        let ran = end.finished_at.as_second() - before.state.started_at.as_second();
        self.event(
            "die",
            &[
                ("exitCode", end.code.to_string()),
                ("execDuration", ran.max(0).to_string()),
            ],
        );
        self.finish(again, ran).await;
    }

    /// Whether it was asked to stop and did not: then the supervisor killed it.
    fn killed_at_last(&self, before: &View, end: &End) -> bool {
        let stops = |then: &AtEnd| matches!(then, AtEnd::Stopped(_) | AtEnd::Restart(_));
        let asked = before.state.asked.as_ref();
        end.signal == Some(signal::SIGKILL)
            && self.at_end.iter().any(stops)
            && asked.is_some_and(|wish| wish.signal != signal::SIGKILL)
    }

    /// Finds out why it ended.
    async fn explain(&self) {
        let (view, folder) = (self.now(), self.folder.clone());
        let found = crate::core::blocking(move || Ok(ending::of(&view, &folder))).await;
        self.change(|view| view.state.ending = found.ok());
    }

    /// Answers those who waited for the end, then does what was asked for after it.
    async fn finish(&mut self, again: bool, ran_seconds: i64) {
        let (mut restart, mut remove, mut hide) = (Vec::new(), Vec::new(), Vec::new());
        for then in std::mem::take(&mut self.at_end) {
            match then {
                AtEnd::Stopped(reply) => {
                    self.event("stop", &[]);
                    answer(reply, Ok(Outcome::Done));
                }
                AtEnd::Killed(reply) => answer(reply, Ok(())),
                AtEnd::Restart(reply) => restart.push(reply),
                AtEnd::Remove(options, reply) => remove.push((options, reply)),
                AtEnd::Hide(options, reply) => hide.push((options, reply)),
            }
        }
        if !remove.is_empty() || !hide.is_empty() {
            // Of several wishes the removal for good counts, and of several of those all get it.
            for reply in restart {
                answer(reply, Err(self.removing()));
            }
            return self.remove_or_hide(remove, hide).await;
        }
        if !restart.is_empty() {
            self.event("stop", &[]);
            let starters = restart.into_iter().map(Starter::Restart);
            self.begin(starters.collect()).await;
            return;
        }
        if again {
            self.start_later(ran_seconds);
        } else {
            self.remove_if_wanted().await;
        }
    }

    async fn remove_or_hide(&mut self, remove: Vec<Removal>, hide: Vec<Removal>) {
        let mut hide = hide.into_iter();
        if remove.is_empty() {
            if let Some((options, reply)) = hide.next() {
                let result = self.hide_now(options.volumes).await;
                answer(reply, result);
            }
        } else {
            let volumes = remove.iter().any(|(options, _)| options.volumes);
            let result = self.remove_now(volumes).await;
            let failed = result.as_ref().err().map(ToString::to_string);
            let mut result = Some(result);
            for (_, reply) in remove {
                let again = || match &failed {
                    None => Ok(()),
                    Some(why) => Err(Error::state("container-dead", why.clone())),
                };
                answer(reply, result.take().unwrap_or_else(again));
            }
        }
        for (_, reply) in hide {
            answer(reply, Err(self.removing()));
        }
    }

    fn removing(&self) -> Error {
        Error::state(
            "container-removing",
            format!(
                "removal of container {} is already in progress",
                self.now().id()
            ),
        )
    }

    /// Ends a container that waits for its next start.
    pub(super) async fn give_up_restarting(&mut self) {
        self.next_start = None;
        self.starting = None;
        self.step(Step::Exited);
        self.save_or_log().await;
        self.finish(false, 0).await;
    }

    /// `--rm`: removed as soon as it neither runs nor will.
    pub(super) async fn remove_if_wanted(&mut self) {
        let view = self.now();
        let ended = matches!(
            view.state.status,
            ContainerState::Exited | ContainerState::Created
        ) && (view.state.ends > 0 || !view.state.error.is_empty());
        if view.definition.host_config.auto_remove && ended && !view.gone && !view.hidden {
            let removed: Result<()> = self.remove_now(true).await;
            if let Err(error) = removed {
                tracing::error!(container = %view.id(), %error, "automatic removal did not succeed");
            }
        }
    }
}

/// Nanoseconds since 1970 as a time; what no clock shows becomes now.
pub(super) fn timestamp(nanoseconds: u64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(nanoseconds)).unwrap_or_else(|_| Timestamp::now())
}

//! The processes of one container with what each uses: a list with every round of the sampler.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::stream;
use gantry_wire::Timestamp;
use gantry_wire::gantry::{ProcessRound, ProcessRow};
use procfs::process::{Process, Stat};
use tokio::sync::watch;
use tokio::time::Instant;

use super::processes::tick;
use super::{Rounds, Running, Stats, members};
use crate::container::View;
use crate::engine::BoxStream;

/// The command line of a process, or its name in brackets where it has none.
pub(crate) fn command(process: &Process, stat: &Stat) -> Option<String> {
    let words = process.cmdline().ok()?.join(" ");
    Some(if words.trim().is_empty() {
        format!("[{}]", stat.comm)
    } else {
        words.trim_end().to_owned()
    })
}

/// Lists of a container's processes, once a second while it runs, until it is removed.
pub(crate) fn listed(stats: &Stats, view: watch::Receiver<Arc<View>>) -> BoxStream<ProcessRound> {
    let listing = Listing {
        rounds: stats.watch(),
        view,
        spent: HashMap::new(),
    };
    Box::pin(stream::unfold(listing, |mut listing| async move {
        let round = listing.next().await?;
        Some((round, listing))
    }))
}

/// Which process it is, whoever has its number later.
type Who = (i32, u64);

/// What a process had spent, in nanoseconds of processor time, and when.
type Spent = HashMap<Who, (u64, Instant)>;

struct Listing {
    rounds: Rounds,
    view: watch::Receiver<Arc<View>>,
    spent: Spent,
}

impl Listing {
    async fn next(&mut self) -> Option<ProcessRound> {
        loop {
            let (id, gone) = {
                let view = self.view.borrow_and_update();
                (view.id().clone(), view.gone)
            };
            if gone {
                return None;
            }
            tokio::select! {
                _ = self.rounds.next() => {}
                changed = self.view.changed() => {
                    changed.ok()?;
                    continue;
                }
            }
            let Some(running) = self.rounds.shared.running().get(&id).cloned() else {
                continue;
            };
            let before = std::mem::take(&mut self.spent);
            let read = tokio::task::spawn_blocking(move || read(&running, &before)).await;
            // It fails only while the engine ends.
            let (rows, spent) = read.ok()?;
            self.spent = spent;
            return Some(ProcessRound {
                time: Timestamp::now(),
                rows,
            });
        }
    }
}

fn read(running: &Running, before: &Spent) -> (Vec<ProcessRow>, Spent) {
    let mut spent = Spent::new();
    let rows = members(&running.bundle, &running.first)
        .into_iter()
        // One that has just ended is left out.
        .filter_map(|pid| row(pid, before, &mut spent));
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| row.pid);
    (rows, spent)
}

fn row(pid: i32, before: &Spent, spent: &mut Spent) -> Option<ProcessRow> {
    let process = Process::new(pid).ok()?;
    let stat = process.stat().ok()?;
    let status = process.status().ok()?;
    let since_boot = stat.starttime / procfs::ticks_per_second().max(1);
    let started = procfs::boot_time_secs().ok()? + since_boot;
    let started = Timestamp::from_second(i64::try_from(started).ok()?).ok()?;
    let now = ((stat.utime + stat.stime) * tick(), Instant::now());
    let who = (pid, stat.starttime);
    // The first time, over its whole life.
    let (used, over) = if let Some((then, at)) = before.get(&who) {
        (now.0.saturating_sub(*then), (now.1 - *at).as_secs_f64())
    } else {
        let lived = Timestamp::now().as_second() - started.as_second();
        (now.0, lived.max(1) as f64)
    };
    spent.insert(who, now);
    Some(ProcessRow {
        // The innermost namespace is the container's.
        pid: status
            .nspid
            .and_then(|pids| pids.last().copied())
            .unwrap_or(pid),
        host_pid: pid,
        command: command(&process, &stat)?,
        cpu: used as f64 / over.max(f64::MIN_POSITIVE) / 1e7,
        memory: stat.rss * procfs::page_size(),
        threads: u64::try_from(stat.num_threads).unwrap_or(1),
        started,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_tells_what_it_used_since_it_was_looked_at() {
        let pid = std::process::id().cast_signed();
        let mut spent = Spent::new();
        let first = row(pid, &Spent::new(), &mut spent).unwrap();
        assert!(first.memory > 0 && first.threads >= 1, "{first:?}");
        assert!(!first.command.is_empty());
        // What had been spent before counts no more.
        for (spent, _) in spent.values_mut() {
            *spent = u64::MAX;
        }
        let second = row(pid, &spent, &mut Spent::new()).unwrap();
        assert!(second.cpu.abs() < f64::EPSILON, "{second:?}");
        assert!(row(-1, &spent, &mut Spent::new()).is_none());
    }
}

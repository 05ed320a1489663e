//! When containers are read, and what becomes of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::history::STEP as HISTORY_STEP;
use super::meter::{Meter, Pass};
use super::reading::Counters;
use super::round::Round;
use super::{Running, Shared};
use crate::container::ContainerId;

/// Between two rounds while somebody watches.
pub(super) const WATCHED_STEP: Duration = Duration::from_secs(1);

/// A container with its open files.
struct Metered {
    running: Arc<Running>,
    meter: Option<Meter>,
    /// At the last round; `None` where what was counted before is not known.
    before: Option<(Instant, Counters)>,
    /// At the last point of its history.
    noted: Option<(Instant, Counters)>,
}

type Metereds = BTreeMap<ContainerId, Metered>;

/// Makes rounds for as long as the engine lives.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut metered = Metereds::new();
    let mut last = Instant::now();
    let mut last_noted = last;
    loop {
        settle(&shared, &mut metered);
        if metered.is_empty() {
            shared.changed.notified().await;
            (last, last_noted) = (Instant::now(), Instant::now());
            continue;
        }
        let watched = shared.watchers.load(Ordering::SeqCst) > 0;
        let for_history = last_noted + HISTORY_STEP;
        let due = if watched {
            for_history.min(last + WATCHED_STEP)
        } else {
            for_history
        };
        tokio::select! {
            () = sleep_until(due) => {}
            () = shared.changed.notified() => continue,
        }
        last = Instant::now();
        let note = last >= for_history;
        if note {
            last_noted = last;
        }
        let pass = tokio::task::spawn_blocking({
            let (shared, mut metered) = (Arc::clone(&shared), std::mem::take(&mut metered));
            move || (read_all(&shared, &mut metered, note), metered)
        });
        // It fails only while the engine ends.
        let Ok((round, read)) = pass.await else {
            return;
        };
        metered = read;
        shared.rounds.send_replace(Arc::new(round));
    }
}

/// Lets go of what has ended and takes in what has begun.
fn settle(shared: &Shared, metered: &mut Metereds) {
    let running = shared.running();
    metered.retain(|id, known| {
        running
            .get(id)
            .is_some_and(|now| Arc::ptr_eq(now, &known.running))
    });
    for (id, new) in running.iter() {
        if !metered.contains_key(id) {
            let start = new.start.map(|start| (start, Counters::default()));
            let entry = Metered {
                running: Arc::clone(new),
                meter: None,
                before: start,
                noted: start,
            };
            metered.insert(id.clone(), entry);
        }
    }
}

/// One pass over all containers; `note` puts it into their histories.
fn read_all(shared: &Shared, metered: &mut Metereds, note: bool) -> Round {
    let mut round = Round::new(shared.memory_total, shared.cpus);
    let mut pass = Pass::new(shared.memory_total);
    for (id, one) in metered {
        if one.meter.is_none() {
            one.meter = Meter::open(&one.running.bundle, &one.running.first);
        }
        let Some(reading) = one.meter.as_mut().and_then(|meter| meter.read(&mut pass)) else {
            continue;
        };
        let now = (Instant::now(), reading.counters());
        let since = |(then, counted): (Instant, Counters)| reading.usage(counted, now.0 - then);
        if note {
            if let Some(noted) = one.noted {
                shared.histories().add(id, round.time, since(noted));
            }
            one.noted = Some(now);
        }
        let usage = since(one.before.unwrap_or(now));
        one.before = Some(now);
        round.add(id.clone(), reading, usage);
    }
    round
}

//! What all containers use, for as long as a page shows it.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use gantry_view::{Usage, UsageHistory, UsageRound, UsageSpan, WatchUsage};
use leptos::{ev, prelude::*, task::spawn_local};

use super::standings::{Gathering, Standings};
use crate::backend::{self, Subscription};

/// What is looked back at, in milliseconds.
pub const SPAN: i64 = 5 * 60 * 1000;
/// A course has a moment for each of these, and the latest.
const STEP: i64 = 10 * 1000;
/// A row that is scrolled past does not ask for what was before.
const REST: Duration = Duration::from_millis(250);

/// One moment of a container.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    pub time: i64,
    pub cpu: f64,
    pub memory: u64,
    pub memory_limit: Option<u64>,
}

impl Moment {
    fn new(time: i64, usage: &Usage) -> Self {
        Self {
            time,
            cpu: usage.cpu,
            memory: usage.memory,
            memory_limit: usage.memory_limit,
        }
    }
}

/// The last minutes of one container, the oldest first.
pub type Course = ArcRwSignal<Vec<Moment>>;

/// The courses of all containers.
#[derive(Clone, Copy)]
pub struct Usages {
    courses: StoredValue<HashMap<String, Course>>,
    /// Containers whose past was asked for.
    recalled: StoredValue<HashSet<String>>,
    gathering: StoredValue<Gathering>,
    standings: RwSignal<Standings>,
}

impl Usages {
    /// Follows them while the component lives that asked and the page is in sight: the engine
    /// measures nothing for a window that nobody sees. `standings` are kept for lists.
    pub fn follow(standings: RwSignal<Standings>) -> Self {
        let usages = Self {
            courses: StoredValue::default(),
            recalled: StoredValue::default(),
            gathering: StoredValue::default(),
            standings,
        };
        let open = move || {
            let take = move |rounds: Vec<UsageRound>| {
                for round in rounds {
                    usages.take(&round);
                }
            };
            // Rows keep what they know.
            (!document().hidden()).then(|| backend::subscribe(&WatchUsage {}, take, |_| ()))
        };
        let subscription: StoredValue<Option<Subscription>, LocalStorage> =
            StoredValue::new_local(open());
        let listener = window_event_listener_untyped("visibilitychange", move |_: ev::Event| {
            // A pause is no line: what was before is asked for again.
            usages.forget();
            subscription.set_value(open());
        });
        on_cleanup(move || {
            listener.remove();
            drop(subscription.try_update_value(Option::take));
        });
        usages
    }

    /// The course of one container, as far as it is known; it goes on by itself.
    pub fn of(self, id: &str) -> Course {
        let course = self.courses.try_update_value(|courses| {
            let course = courses.entry(id.to_owned());
            course.or_default().clone()
        });
        course.unwrap_or_default()
    }

    /// Asks for what was before, unless `rests` says that nobody looks any more.
    pub fn recall(self, id: String, rests: impl Fn() -> bool + 'static) {
        set_timeout(
            move || {
                let is_new = || {
                    let asked = |known: &mut HashSet<String>| known.insert(id.clone());
                    self.recalled.try_update_value(asked).unwrap_or(false)
                };
                if rests() && is_new() {
                    spawn_local(async move {
                        let past = UsageHistory {
                            id: id.clone(),
                            span: UsageSpan::Minutes,
                        };
                        if let Ok(past) = backend::call(&past).await {
                            let points = past.points.iter();
                            let past = points.map(|point| Moment::new(point.time, &point.usage));
                            let past: Vec<Moment> = past.collect();
                            self.of(&id).update(|course| begin_with(course, past));
                        }
                    });
                }
            },
            REST,
        );
    }

    fn take(self, round: &UsageRound) {
        for row in &round.rows {
            let moment = Moment::new(round.time, &row.usage);
            self.of(&row.id).update(|course| go_on(course, moment));
        }
        let told = self.gathering.try_update_value(|known| known.take(round));
        if let Some(standings) = told.flatten() {
            self.standings.set(standings);
        }
    }

    fn forget(self) {
        let _ = self.recalled.try_update_value(HashSet::clear);
        self.courses.with_value(|courses| {
            for course in courses.values() {
                course.update(Vec::clear);
            }
        });
    }
}

fn begin_with(course: &mut Vec<Moment>, mut past: Vec<Moment>) {
    let first = course.first().map_or(i64::MAX, |moment| moment.time);
    past.retain(|moment| moment.time < first);
    past.append(course);
    *course = past;
}

/// The latest moment stands for itself until the next step has begun.
fn go_on(course: &mut Vec<Moment>, moment: Moment) {
    if let [.., before, last] = &course[..]
        && last.time - before.time < STEP
    {
        course.pop();
    }
    course.push(moment);
    let old = course.partition_point(|known| known.time < moment.time - SPAN);
    course.drain(..old);
}

#[cfg(test)]
mod tests {
    use super::{Moment, begin_with, go_on};

    fn moment(time: i64) -> Moment {
        Moment {
            time,
            cpu: 0.0,
            memory: 0,
            memory_limit: None,
        }
    }

    #[test]
    fn a_course_has_few_moments_and_the_latest() {
        let mut course = Vec::new();
        for second in 0..1000 {
            go_on(&mut course, moment(second * 1000));
        }
        let last = course.last().map(|moment| moment.time);
        assert_eq!(last, Some(999_000));
        assert!((30..=32).contains(&course.len()), "{}", course.len());
        begin_with(&mut course, vec![moment(1), moment(999_500)]);
        assert_eq!(course.first().map(|moment| moment.time), Some(1));
        assert_eq!(course.last().map(|moment| moment.time), last);
    }
}

//! The state of one log view: what is known of the log, where the reader is in it, and signals
//! that tell when a paint is due.

use std::{cell::RefCell, rc::Rc, time::Duration};

use gantry_view::{Failure, FindLogTime, LogFound, LogLine, LogNews, ReadLog, SearchLog, WatchLog};
use leptos::{prelude::*, task::spawn_local};

use super::{
    kept::{Kept, Stats},
    needle::Needle,
    place::Place,
    sequence::Stream,
    source::{Heard, Source},
};
use crate::{backend, i18n::Clock};

/// Appends are painted at most twenty times a second.
const PAINT_EVERY: Duration = Duration::from_millis(50);
/// A search begins when typing pauses for this long.
const TYPING: Duration = Duration::from_millis(120);
/// How many of the last lines come with the news: more than a window shows.
const NEWS_LINES: u32 = 120;
/// Reads under way at once. What scrolled by meanwhile is not read at all.
const MOST_READS: u32 = 2;
/// The most lines that are read at once.
const READ_LINES: u64 = 300;

/// Where the next paint has to put a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// Into the middle, unless it is in sight.
    Sight(u64),
    Top(u64),
}

/// Everything that is open on the other side.
#[derive(Default)]
struct Open {
    news: Option<Source>,
    /// The lines of the chosen stream.
    members: Option<Source>,
    finds: Option<Source>,
    typing: Option<TimeoutHandle>,
    reads: u32,
    /// Counts what makes answers on their way worthless.
    generation: u32,
}

/// One log view.
#[derive(Clone, Copy)]
pub struct LogModel {
    id: StoredValue<String>,
    kept: StoredValue<Kept, LocalStorage>,
    open: StoredValue<Open, LocalStorage>,
    place: StoredValue<Rc<RefCell<Place>>, LocalStorage>,
    goal: StoredValue<Option<Goal>>,
    paint_due: StoredValue<bool>,
    /// Counts paints that are due; the view follows it.
    pub paint: RwSignal<u64>,
    pub stats: RwSignal<Stats>,
    pub stream: RwSignal<Stream>,
    pub wrap: RwSignal<bool>,
    pub timestamps: RwSignal<bool>,
    pub query: RwSignal<String>,
    /// The query is a regular expression.
    pub regex: RwSignal<bool>,
    /// It should be one and is none.
    pub not_regex: RwSignal<bool>,
    pub following: RwSignal<bool>,
    /// Lines that came while the view held still.
    pub unseen: RwSignal<usize>,
    /// Lines and errors since the last announcement.
    pub unsaid: RwSignal<(usize, usize)>,
    pub cleared: RwSignal<bool>,
    pub caught_up: RwSignal<bool>,
    pub searching: RwSignal<bool>,
    pub failure: RwSignal<Option<Failure>>,
}

impl LogModel {
    /// Opens a container's log where it was left; ends with the view that made it.
    pub fn new(id: &str, place: Rc<RefCell<Place>>) -> Self {
        let was = place.borrow().clone();
        let model = Self {
            id: StoredValue::new(id.to_owned()),
            kept: StoredValue::new_local(Kept::default()),
            open: StoredValue::new_local(Open::default()),
            place: StoredValue::new_local(place),
            goal: StoredValue::new(None),
            paint_due: StoredValue::new(false),
            paint: RwSignal::new(0),
            stats: RwSignal::new(Stats {
                empty: true,
                ..Stats::default()
            }),
            stream: RwSignal::new(was.stream),
            wrap: RwSignal::new(was.wrap),
            timestamps: RwSignal::new(was.timestamps),
            query: RwSignal::new(was.query.clone()),
            regex: RwSignal::new(was.regex),
            not_regex: RwSignal::new(false),
            following: RwSignal::new(was.following),
            unseen: RwSignal::new(0),
            unsaid: RwSignal::new((0, 0)),
            cleared: RwSignal::new(was.cleared > 0),
            caught_up: RwSignal::new(false),
            searching: RwSignal::new(false),
            failure: RwSignal::new(None),
        };
        model.kept.update_value(|kept| kept.show_from(was.cleared));
        model.watch();
        model.show(was.stream);
        model
    }

    /// Hears how the log grows.
    fn watch(self) {
        let request = WatchLog {
            id: self.id.get_value(),
            lines: NEWS_LINES,
        };
        let source = Source::open(request, move |heard| {
            self.hear(heard, |news| self.take_news(news), || ());
        });
        self.open.update_value(|open| open.news = Some(source));
    }

    fn hear<T>(self, heard: Heard<T>, item: impl FnOnce(T), again: impl FnOnce()) {
        // A frame may be on its way while the view is being taken down.
        if self.paint.try_get_untracked().is_none() {
            return;
        }
        match heard {
            Heard::Item(heard) => item(heard),
            Heard::Again => again(),
            Heard::Failed(failure) => self.failure.set(Some(failure)),
        }
        self.paint_soon();
    }

    fn take_news(self, news: LogNews) {
        let came = self
            .kept
            .try_update_value(|kept| kept.take_news(news, Clock::now()));
        if let Some(came) = came.filter(|_| self.caught_up.get_untracked()) {
            self.unsaid.update(|(lines, bad)| {
                *lines += came.lines as usize;
                *bad += came.errors as usize;
            });
            if !self.following.get_untracked() {
                self.unseen.update(|unseen| *unseen += came.lines as usize);
            }
        }
        self.caught_up.set(true);
    }

    /// Asks for a paint after what is coming in.
    fn paint_soon(self) {
        if self.paint_due.get_value() {
            return;
        }
        self.paint_due.set_value(true);
        set_timeout(
            move || {
                if self
                    .paint_due
                    .try_update_value(|due| *due = false)
                    .is_some()
                {
                    self.paint_now();
                }
            },
            PAINT_EVERY,
        );
    }

    /// Brings the foot up to date and has the view painted.
    pub fn paint_now(self) {
        let stats = self.kept.with_value(Kept::stats);
        if self.stats.get_untracked() != stats {
            self.stats.set(stats);
        }
        self.paint.update(|paint| *paint += 1);
    }

    pub fn with<R>(self, read: impl FnOnce(&Kept) -> R) -> R {
        self.kept.with_value(read)
    }

    /// The place in the log, which outlives the view.
    pub fn place(self) -> Place {
        self.place.with_value(|place| place.borrow().clone())
    }

    /// Remembers where the reader is.
    pub fn stand(self, line: u64, above: f64) {
        self.note(|place| (place.line, place.above) = (line, above));
    }

    fn note(self, change: impl FnOnce(&mut Place)) {
        self.place
            .with_value(|place| change(&mut place.borrow_mut()));
    }

    /// Follows the end, or holds still.
    pub fn follow(self, on: bool) {
        if self.following.get_untracked() != on {
            self.following.set(on);
            self.note(|place| place.following = on);
        }
        if on && self.unseen.get_untracked() > 0 {
            self.unseen.set(0);
        }
    }

    pub fn show_timestamps(self, on: bool) {
        self.timestamps.set(on);
        self.note(|place| place.timestamps = on);
    }

    pub fn set_wrap(self, on: bool) {
        self.wrap.set(on);
        self.note(|place| place.wrap = on);
    }

    /// What the next paint has to bring into sight.
    pub fn take_goal(self) -> Option<Goal> {
        self.goal.try_update_value(Option::take).flatten()
    }

    fn reach(self, goal: Goal) {
        self.goal.set_value(Some(goal));
        self.paint_now();
    }

    /// Reads what is looked at and not here.
    pub fn look_at(self, part: std::ops::Range<u64>) {
        let wanted = self.kept.try_update_value(|kept| kept.look_at(part));
        let may_read = self.open.with_value(|open| open.reads < MOST_READS);
        let Some((from, lines)) = wanted.flatten().filter(|_| may_read) else {
            return;
        };
        let generation = self.open.try_update_value(|open| {
            open.reads += 1;
            open.generation
        });
        let request = ReadLog {
            id: self.id.get_value(),
            from,
            limit: lines.min(READ_LINES) as u32,
            side: self.stream.get_untracked().side(),
        };
        spawn_local(async move {
            let answer = backend::call(&request).await;
            let now = self.open.try_update_value(|open| {
                open.reads -= 1;
                open.generation
            });
            match answer {
                // The view may be gone, or show something else by now.
                _ if now.is_none() || now != generation => {}
                Ok(lines) => self.take_lines(lines, from),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Takes what was read. The first line was asked for because of the one behind it.
    fn take_lines(self, mut lines: Vec<LogLine>, from: u64) {
        // Nothing came because it was rotated away: the news will say so.
        if lines.is_empty() {
            return;
        }
        let before =
            (lines[0].number == from && from > 1 && lines.len() > 1).then(|| lines.remove(0));
        self.kept.update_value(|kept| {
            if let Some(before) = &before {
                kept.take_lines(vec![before.clone()], None);
            }
            kept.take_lines(lines, before.as_ref());
        });
        self.paint_now();
    }

    /// Shows one stream or both.
    pub fn show(self, stream: Stream) {
        self.stream.set(stream);
        self.note(|place| place.stream = stream);
        let show = move || self.kept.update_value(|kept| kept.show(stream));
        show();
        let members = stream.side().map(|side| {
            let request = SearchLog {
                id: self.id.get_value(),
                text: String::new(),
                regex: false,
                side: Some(side),
            };
            Source::open(request, move |heard| {
                let take = |found: LogFound| {
                    self.kept.update_value(|kept| kept.take_members(&found));
                };
                self.hear(heard, take, show);
            })
        });
        self.open.update_value(|open| {
            open.generation += 1;
            open.members = members;
        });
        self.start_search();
        self.paint_now();
    }

    /// Wraps at this many letters, or not at all.
    pub fn wrap_at(self, columns: Option<u32>) {
        if self.with(|kept| kept.layout.columns()) != columns {
            self.kept.update_value(|kept| kept.wrap_at(columns));
            self.paint_now();
        }
    }

    /// Searches for something else, once typing pauses.
    pub fn search(self, query: String) {
        self.note(|place| place.query.clone_from(&query));
        self.query.set(query);
        let typing = set_timeout_with_handle(
            move || {
                if self.paint.try_get_untracked().is_some() {
                    self.start_search();
                }
            },
            TYPING,
        );
        self.open.update_value(|open| {
            if let Some(before) = std::mem::replace(&mut open.typing, typing.ok()) {
                before.clear();
            }
        });
    }

    /// Reads the query as a regular expression, or as it stands.
    pub fn search_by_regex(self, on: bool) {
        self.regex.set(on);
        self.note(|place| place.regex = on);
        self.start_search();
    }

    fn start_search(self) {
        let (query, regex) = (self.query.get_untracked(), self.regex.get_untracked());
        let start = move || {
            let query = self.query.get_untracked();
            let needle = if regex {
                Needle::regex(&query)
            } else {
                Needle::text(&query)
            };
            self.searching.set(!query.is_empty());
            self.not_regex.set(false);
            self.kept.update_value(|kept| kept.search.start(needle));
        };
        start();
        let finds = (!query.is_empty()).then(|| {
            let request = SearchLog {
                id: self.id.get_value(),
                text: query,
                regex,
                side: self.stream.get_untracked().side(),
            };
            Source::open(request, move |heard| match heard {
                // Typing is not done yet, most likely: the field says so, nothing else does.
                Heard::Failed(failure) if failure.code == "invalid-request" => {
                    let _ = self.not_regex.try_set(true);
                    let _ = self.searching.try_set(false);
                }
                heard => self.hear(heard, |found| self.take_finds(&found), start),
            })
        });
        // The one before ends here, wherever it was.
        self.open.update_value(|open| open.finds = finds);
        self.paint_now();
    }

    fn take_finds(self, found: &LogFound) {
        let complete = self.kept.try_update_value(|kept| {
            let was_complete = kept.search.complete;
            kept.search.take(found);
            kept.search.complete && !was_complete
        });
        if complete != Some(true) {
            return;
        }
        self.searching.set(false);
        // At the end the last find is the next one; elsewhere that below the top.
        let place = self.place();
        let from = if place.following {
            u64::MAX
        } else {
            place.line
        };
        let hit = self.kept.try_update_value(|kept| {
            let kept_from = kept.lines().start;
            kept.search.stand_from(from, kept_from);
            kept.search.now()
        });
        if let Some(hit) = hit.flatten() {
            self.reach(Goal::Sight(hit.line));
        }
    }

    /// Goes to the next find, or to the one before.
    pub fn next_hit(self, forward: bool) {
        let hit = self.kept.try_update_value(|kept| {
            let kept_from = kept.lines().start;
            kept.search.step(forward, kept_from)
        });
        if let Some(hit) = hit.flatten() {
            self.reach(Goal::Sight(hit.line));
        }
    }

    /// Goes to the first line of a time or later; to the end where there is none.
    pub fn go_to_time(self, time: i64) {
        let request = FindLogTime {
            id: self.id.get_value(),
            time,
        };
        spawn_local(async move {
            let found = backend::call(&request).await;
            if self.paint.try_get_untracked().is_none() {
                return;
            }
            match found {
                Ok(Some(line)) => {
                    self.follow(false);
                    self.reach(Goal::Top(line));
                }
                Ok(None) => {
                    self.follow(true);
                    self.paint_now();
                }
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Empties the view; the log itself stays.
    pub fn clear(self) {
        let cleared = self.kept.try_update_value(Kept::clear).unwrap_or_default();
        self.note(|place| place.cleared = cleared);
        self.cleared.set(true);
        self.follow(true);
        self.paint_now();
    }

    /// Shows everything again that was cleared, and tries again what failed.
    pub fn show_again(self) {
        self.kept.update_value(|kept| kept.show_from(0));
        self.note(|place| place.cleared = 0);
        self.cleared.set(false);
        if self.failure.get_untracked().is_some() {
            self.failure.set(None);
            self.watch();
        }
        self.paint_now();
    }

    /// Lines a second over the last few seconds.
    pub fn rate(self, now: i64) -> f64 {
        let rate = self.kept.try_update_value(|kept| kept.rate(now));
        rate.unwrap_or(0.0)
    }
}

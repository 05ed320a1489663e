//! The state of one log view. The lines are kept outside of the reactive graph, since thousands
//! may come in a second; signals only tell that a paint is due.

use std::time::Duration;

use gantry_view::{Failure, LogItem};
use leptos::prelude::*;

use super::{
    buffer::Buffer,
    layout::{Kind, Layout, Stream},
    search::{Hit, Search},
    source::{Heard, Source},
};
use crate::i18n::Clock;

/// Appends are painted at most twenty times a second.
const PAINT_EVERY: Duration = Duration::from_millis(50);

/// Everything that is not a signal.
#[derive(Default)]
pub struct Kept {
    pub buffer: Buffer,
    pub layout: Layout,
    pub search: Search,
    /// Lines up to this number were cleared from the view.
    cleared: u64,
    /// Text rows that were let go above since the last paint.
    let_go: u64,
    /// When lines came, for the rate: (time, lines).
    pace: Vec<(i64, usize)>,
}

/// What the foot of the log says.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Stats {
    pub lines: usize,
    pub last_number: u64,
    pub bytes: usize,
    pub errors: usize,
    pub hits: (usize, usize),
    pub empty: bool,
}

/// One log view.
#[derive(Clone, Copy)]
pub struct LogModel {
    kept: StoredValue<Kept, LocalStorage>,
    source: StoredValue<Option<Source>, LocalStorage>,
    paint_due: StoredValue<bool>,
    /// Counts paints that are due; the view follows it.
    pub paint: RwSignal<u64>,
    pub stats: RwSignal<Stats>,
    pub stream: RwSignal<Stream>,
    pub wrap: RwSignal<bool>,
    pub timestamps: RwSignal<bool>,
    pub query: RwSignal<String>,
    pub following: RwSignal<bool>,
    /// Lines that came while the view held still.
    pub unseen: RwSignal<usize>,
    /// Lines and errors since the last announcement.
    pub unsaid: RwSignal<(usize, usize)>,
    pub cleared: RwSignal<bool>,
    pub caught_up: RwSignal<bool>,
    pub failure: RwSignal<Option<Failure>>,
}

impl LogModel {
    /// Starts following a container's log; ends with the view that made it.
    pub fn new(id: &str) -> Self {
        let model = Self {
            kept: StoredValue::new_local(Kept::default()),
            source: StoredValue::new_local(None),
            paint_due: StoredValue::new(false),
            paint: RwSignal::new(0),
            stats: RwSignal::new(Stats {
                empty: true,
                ..Stats::default()
            }),
            stream: RwSignal::new(Stream::All),
            wrap: RwSignal::new(false),
            timestamps: RwSignal::new(true),
            query: RwSignal::new(String::new()),
            following: RwSignal::new(true),
            unseen: RwSignal::new(0),
            unsaid: RwSignal::new((0, 0)),
            cleared: RwSignal::new(false),
            caught_up: RwSignal::new(false),
            failure: RwSignal::new(None),
        };
        model.open(id);
        model
    }

    fn open(self, id: &str) {
        let source = Source::open(id.to_owned(), move |heard| self.hear(heard));
        self.source.set_value(Some(source));
    }

    fn hear(self, heard: Heard) {
        // A frame may be on its way while the view is being taken down.
        if self.paint.try_get_untracked().is_none() {
            return;
        }
        match heard {
            Heard::Item(LogItem::Lines(lines)) => self.take(lines),
            Heard::Item(LogItem::CaughtUp { .. }) => {
                self.caught_up.set(true);
                self.paint_soon();
            }
            Heard::Item(LogItem::Ended) => self.paint_soon(),
            Heard::Item(LogItem::Failed(failure)) | Heard::Failed(failure) => {
                self.failure.set(Some(failure));
            }
        }
    }

    fn take(self, lines: Vec<gantry_view::LogLine>) {
        let count = lines.len();
        let errors = lines.iter().filter(|line| line.stderr).count();
        self.kept.update_value(|kept| kept.take(lines));
        if self.caught_up.get_untracked() {
            self.kept
                .update_value(|kept| kept.pace.push((Clock::now(), count)));
            self.unsaid.update(|(lines, bad)| {
                *lines += count;
                *bad += errors;
            });
            if !self.following.get_untracked() {
                self.unseen.update(|unseen| *unseen += count);
            }
        }
        self.paint_soon();
    }

    /// Asks for a paint after the batch that is coming in.
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

    /// Text rows that went above what is shown since this was asked last: a view that holds still
    /// moves up by as much.
    pub fn take_let_go(self) -> u64 {
        self.kept
            .try_update_value(|kept| std::mem::take(&mut kept.let_go))
            .unwrap_or(0)
    }

    /// Shows one stream or both.
    pub fn show(self, stream: Stream) {
        self.stream.set(stream);
        self.lay_out(move |layout| layout.stream = stream);
    }

    /// Wraps at this many letters, or not at all.
    pub fn wrap_at(self, columns: Option<u32>) {
        if self.with(|kept| kept.layout.columns) != columns {
            self.lay_out(move |layout| layout.columns = columns);
        }
    }

    fn lay_out(self, change: impl FnOnce(&mut Layout)) {
        self.kept.update_value(|kept| {
            change(&mut kept.layout);
            kept.layout.rebuild(&kept.buffer);
        });
        self.paint_now();
    }

    /// Searches for something else.
    pub fn search(self, query: String) -> Option<Hit> {
        self.kept.update_value(|kept| {
            let Kept { buffer, search, .. } = kept;
            search.start(&query, buffer);
        });
        self.query.set(query);
        self.paint_now();
        self.with(|kept| kept.search.now())
    }

    /// The next find, or the one before.
    pub fn next_hit(self, forward: bool) -> Option<Hit> {
        let hit = self
            .kept
            .try_update_value(|kept| kept.search.step(forward))
            .flatten();
        self.paint_now();
        hit
    }

    /// Empties the view; the log itself stays.
    pub fn clear(self) {
        self.kept.update_value(|kept| {
            kept.cleared = kept.buffer.last_number();
            kept.buffer.clear();
            kept.layout.rebuild(&kept.buffer);
            kept.search.drop_before(kept.buffer.next());
        });
        self.cleared.set(true);
        self.unseen.set(0);
        self.paint_now();
    }

    /// Reads everything again that was cleared.
    pub fn show_again(self, id: &str) {
        self.kept.update_value(|kept| {
            kept.cleared = 0;
            kept.buffer = Buffer::default();
            kept.layout.rebuild(&kept.buffer);
            kept.search.start(&self.query.get_untracked(), &kept.buffer);
        });
        self.cleared.set(false);
        self.failure.set(None);
        self.open(id);
    }

    /// Lines a second over the last few seconds.
    pub fn rate(self, now: i64) -> f64 {
        const OVER_MS: i64 = 5000;
        self.kept
            .try_update_value(|kept| {
                kept.pace.retain(|(at, _)| now - at < OVER_MS);
                let lines: usize = kept.pace.iter().map(|(_, lines)| lines).sum();
                lines as f64 * 1000.0 / OVER_MS as f64
            })
            .unwrap_or(0.0)
    }
}

impl Kept {
    fn take(&mut self, lines: Vec<gantry_view::LogLine>) {
        for line in lines {
            if line.number <= self.cleared {
                continue;
            }
            let Some(serial) = self.buffer.push(line) else {
                continue;
            };
            if let Some(line) = self.buffer.get(serial) {
                self.layout.append(serial, line);
                if self.search.is_on() {
                    self.search.append(serial, line);
                }
            }
        }
        let first = self.buffer.trim();
        self.let_go += self.layout.drop_before(first);
        self.search.drop_before(first);
    }

    fn stats(&self) -> Stats {
        Stats {
            lines: self.buffer.len(),
            last_number: self.buffer.last_number(),
            bytes: self.buffer.bytes(),
            errors: self.buffer.errors(),
            hits: self.search.position(),
            empty: self.layout.is_empty(),
        }
    }

    /// The rows that a window of text rows shows.
    pub fn rows(&self, first: u64, count: u64) -> Vec<super::rows::RowView> {
        self.layout
            .window(first, count)
            .filter_map(|(at, row)| {
                let line = self.buffer.get(row.serial)?;
                Some(match row.kind {
                    Kind::Quiet(pause) => super::rows::RowView::quiet(at, row.serial, pause),
                    Kind::Line => {
                        let finds = self.search.finds(line.text());
                        let now = self.search.now().filter(|now| now.serial == row.serial);
                        let html = super::html::line(&line.raw, &finds, now.map(|now| now.index));
                        super::rows::RowView::line(at, &row, line, html)
                    }
                })
            })
            .collect()
    }
}

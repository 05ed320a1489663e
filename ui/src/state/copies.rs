//! Files on their way into containers and volumes: how far they are, and the way to stop them.

use std::sync::atomic::{AtomicU32, Ordering};

use gantry_view::{Copied, Failure, Subscribe};
use leptos::{prelude::*, task::spawn_local};

use super::{Outcome, Store};
use crate::backend::{self, Ending, Stop, Subscription, Uploaded};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A copy that is under way.
#[derive(Clone, Copy)]
pub struct Copying {
    pub id: u32,
    /// How many files and folders, and where to.
    pub count: usize,
    pub dir: StoredValue<String>,
    /// What went so far.
    pub bytes: RwSignal<u64>,
    work: StoredValue<Option<Work>, LocalStorage>,
}

/// What a copy is, to be held as long as it may go on.
enum Work {
    Stream(#[expect(dead_code, reason = "dropping it ends the copy")] Subscription),
    Upload(Stop),
}

/// The copies under way, the oldest first. They outlive the page that began them.
#[derive(Clone, Copy)]
pub struct Copies {
    all: RwSignal<Vec<Copying>>,
    owner: StoredValue<Owner>,
}

impl Copies {
    pub(super) fn new() -> Self {
        Self {
            all: RwSignal::new(Vec::new()),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    pub fn all(self) -> Vec<Copying> {
        self.all.get()
    }

    fn begin(self, count: usize, dir: String) -> Copying {
        let copying = self.owner.get_value().with(|| Copying {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            count,
            dir: StoredValue::new(dir),
            bytes: RwSignal::new(0),
            work: StoredValue::new_local(None),
        });
        self.all.update(|all| all.push(copying));
        copying
    }

    /// Takes it off the list; whether it was there.
    fn end(self, copying: Copying) -> bool {
        let known = |all: &Vec<Copying>| all.iter().any(|one| one.id == copying.id);
        if !self.all.with_untracked(known) {
            return false;
        }
        self.all
            .update(|all| all.retain(|one| one.id != copying.id));
        copying.work.set_value(None);
        true
    }
}

impl Store {
    /// Follows a copy that the other side makes.
    pub(super) fn follow_copy<S>(self, request: S, count: usize, dir: String)
    where
        S: Subscribe<Item = Copied>,
    {
        let copying = self.begin_copy(count, dir);
        let take = move |items: Vec<Copied>| {
            if let Some(last) = items.last() {
                copying.bytes.set(last.bytes);
            }
        };
        let over = move |ending| {
            let answer = match ending {
                Ending::Finished => Ok(()),
                Ending::Failed(failure) => Err(failure),
                Ending::Lost => Err(Failure::new("transport", "the copy was cut off")),
            };
            self.end_copy(copying, answer);
        };
        let subscription = backend::subscribe(&request, take, over);
        copying.work.set_value(Some(Work::Stream(subscription)));
    }

    /// Sends what a browser holds, one after the other.
    pub(super) fn send_copy(self, uploads: Vec<Uploaded>, dir: String) {
        let copying = self.begin_copy(uploads.len(), dir);
        let stop = Stop::new();
        copying.work.set_value(Some(Work::Upload(stop.clone())));
        spawn_local(async move {
            let mut sent = 0;
            for upload in uploads {
                let size = upload.size();
                let told = move |bytes: u64| {
                    let _ = copying.bytes.try_set(sent + bytes);
                };
                if let Err(failure) = upload.send(&stop, told).await {
                    return self.end_copy(copying, Err(failure));
                }
                sent += size;
            }
            self.end_copy(copying, Ok(()));
        });
    }

    /// Stops a copy. What had come stays.
    pub fn cancel_copy(self, copying: Copying) {
        let work = copying.work.try_update_value(Option::take).flatten();
        if let Some(Work::Upload(stop)) = &work {
            stop.now();
        }
        drop(work);
        if self.copies.end(copying) {
            let said = self.text().files.copy_cancelled();
            self.report(Outcome::Done, said.to_owned(), None);
            self.uploads.update(|count| *count += 1);
        }
    }

    fn begin_copy(self, count: usize, dir: String) -> Copying {
        self.copies.begin(count, dir)
    }

    fn end_copy(self, copying: Copying, answer: Result<(), Failure>) {
        // One that was cancelled has said so.
        if !self.copies.end(copying) {
            return;
        }
        let words = self.text().files;
        match answer {
            Ok(()) => {
                let said = copying
                    .dir
                    .with_value(|dir| words.copied(copying.count, dir));
                self.report(Outcome::Done, said, None);
            }
            Err(failure) => self.tell_failure(words.not_copied().to_owned(), Some(&failure)),
        }
        // Some of it may be there, whatever became of the rest.
        self.uploads.update(|count| *count += 1);
    }
}

//! News of the folders of logs, for all who follow one.
//!
//! One inotify instance serves an engine: a user may have few of them (128, with Linux's default of
//! `fs.inotify.max_user_instances`), and as many windows and clients as like follow logs.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::inotify;
use rustix::io::Errno;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::ready::Ready;
use crate::{Error, Result};

/// The watched folders of one engine.
#[derive(Debug, Default)]
pub(crate) struct Watcher(Mutex<Option<Running>>);

/// From the first who follows on.
#[derive(Debug)]
struct Running {
    folders: Arc<Folders>,
    task: AbortHandle,
}

#[derive(Debug)]
struct Folders {
    inotify: Ready,
    /// Who is told of a folder, by the kernel's number of its watch.
    watched: Mutex<HashMap<i32, watch::Sender<()>>>,
}

/// Tells that something in a folder changed, until it is dropped.
#[derive(Debug)]
pub(crate) struct News {
    folders: Arc<Folders>,
    number: i32,
    changes: watch::Receiver<()>,
}

impl Watcher {
    /// Watches a folder from now on.
    pub(crate) fn watch(&self, folder: &Path) -> Result<News> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let folders = if let Some(running) = &*running {
            Arc::clone(&running.folders)
        } else {
            let started = Running::start().map_err(Error::io("watch", folder))?;
            Arc::clone(&running.insert(started).folders)
        };
        drop(running);
        folders
            .watch(folder)
            .map_err(|errno| Error::io("watch", folder)(errno.into()))
    }
}

impl Running {
    fn start() -> std::io::Result<Self> {
        let flags = inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK;
        let folders = Arc::new(Folders {
            inotify: Ready::new(inotify::init(flags)?)?,
            watched: Mutex::default(),
        });
        let task = tokio::spawn(tell(Arc::clone(&folders))).abort_handle();
        Ok(Self { folders, task })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Folders {
    fn watched(&self) -> MutexGuard<'_, HashMap<i32, watch::Sender<()>>> {
        // Insertions and removals only, so a panic elsewhere does not spoil the map.
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(self: &Arc<Self>, folder: &Path) -> Result<News, Errno> {
        // Locked before: who tells of changes finds the new watch.
        let mut watched = self.watched();
        let kinds = inotify::WatchFlags::MODIFY | inotify::WatchFlags::CREATE;
        // The number of a folder that is watched already is the same.
        let number = inotify::add_watch(self.inotify.get_ref(), folder, kinds)?;
        let sender = watched.entry(number).or_default();
        Ok(News {
            folders: Arc::clone(self),
            number,
            changes: sender.subscribe(),
        })
    }
}

impl News {
    /// Waits for a change since the last call; false when the folder is gone.
    pub(super) async fn next(&mut self) -> bool {
        self.changes.changed().await.is_ok()
    }
}

impl Drop for News {
    fn drop(&mut self) {
        let mut watched = self.folders.watched();
        let is_last = |sender: &watch::Sender<()>| sender.receiver_count() == 1;
        if watched.get(&self.number).is_some_and(is_last) {
            watched.remove(&self.number);
            // A folder that is gone takes its watch along.
            let _ = inotify::remove_watch(self.folders.inotify.get_ref(), self.number);
        }
    }
}

/// Tells whoever follows of what changes in its folder.
async fn tell(folders: Arc<Folders>) {
    let mut buffer = [MaybeUninit::uninit(); 4096];
    loop {
        let Ok(mut ready) = folders.inotify.readable().await else {
            return;
        };
        let mut events = inotify::Reader::new(folders.inotify.get_ref(), &mut buffer);
        loop {
            match events.next() {
                Ok(event) => {
                    let (number, kinds) = (event.wd(), event.events());
                    let mut watched = folders.watched();
                    if kinds.contains(inotify::ReadFlags::QUEUE_OVERFLOW) {
                        watched
                            .values()
                            .for_each(|sender| sender.send_modify(|()| ()));
                    } else if kinds.contains(inotify::ReadFlags::IGNORED) {
                        watched.remove(&number);
                    } else if let Some(sender) = watched.get(&number) {
                        sender.send_modify(|()| ());
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break ready.clear_ready(),
                Err(error) => return tracing::error!(%error, "logs are not followed any more"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn many_follow_and_each_hears_of_its_folder_alone() {
        let watcher = Watcher::default();
        let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
        // More than a user may have instances.
        let mut news: Vec<_> = (0..600)
            .map(|number| watcher.watch(folders[number % 3].path()).unwrap())
            .collect();
        std::fs::write(folders[1].path().join("log"), "row").unwrap();
        for (number, news) in news
            .iter_mut()
            .enumerate()
            .filter(|(number, _)| number % 3 == 1)
        {
            assert!(news.next().await, "{number}");
        }
        assert!(!news[0].changes.has_changed().unwrap());
        news.truncate(1);
        let running = watcher.0.lock().unwrap();
        assert_eq!(running.as_ref().unwrap().folders.watched().len(), 1);
    }

    #[tokio::test]
    async fn the_end_of_a_folder_is_heard() {
        let watcher = Watcher::default();
        let folder = tempfile::tempdir().unwrap();
        let mut news = watcher.watch(folder.path()).unwrap();
        drop(folder);
        while news.next().await {}
    }
}

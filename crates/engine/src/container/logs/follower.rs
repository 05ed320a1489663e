//! A reader that waits for more.

use std::sync::Arc;

use gantry_log::Reader;
use tokio::sync::watch;

use super::Source;
use super::watcher::News;
use crate::container::record::View;
use crate::core::{blocking, with_core};
use crate::{Error, Result};

/// A reader that waits for more.
pub(super) struct Follower {
    /// Absent only while it reads on a blocking thread.
    reader: Option<Reader>,
    view: watch::Receiver<Arc<View>>,
    /// Tells of changes in the log's folder; none where only what is there is wanted.
    news: Option<News>,
}

/// What a read came to.
pub(super) enum Read<T> {
    Some(T),
    /// Everything is read and the container has ended.
    Ended,
    /// Everything is read and more is not there yet.
    AtEnd,
}

impl Follower {
    pub(super) async fn open(
        source: Source<'_>,
        follow: bool,
        seek: impl FnOnce(&mut Reader) -> Result<(), gantry_log::Error> + Send + 'static,
    ) -> Result<Self> {
        let Source { core, folder, view } = source;
        let path = folder.log();
        let (reader, news) = with_core(core, move |core| {
            // Watched before the first read: no row falls between the two.
            let news = follow.then(|| core.logs.watch(&path)).transpose()?;
            let mut reader = Reader::open(&path)?;
            seek(&mut reader)?;
            Ok((reader, news))
        })
        .await?;
        Ok(Self {
            reader: Some(reader),
            view: view.clone(),
            news,
        })
    }

    /// Reads on a blocking thread. `Ended` and `AtEnd` are told once there was nothing to read.
    pub(super) async fn read<T: Send + 'static>(
        &mut self,
        read: impl FnOnce(&mut Reader) -> Result<Option<T>> + Send + 'static,
    ) -> Result<Read<T>> {
        // Looked at before reading: what an ended container wrote is all there.
        let up = {
            let view = self.view.borrow_and_update();
            view.state.is_running() && !view.gone
        };
        let Some(mut reader) = self.reader.take() else {
            return Err(Error::Internal("the log reader was lost".to_owned()));
        };
        let (reader, something) = blocking(move || {
            let something = read(&mut reader)?;
            Ok((reader, something))
        })
        .await?;
        self.reader = Some(reader);
        Ok(match something {
            Some(something) => Read::Some(something),
            None if up && self.news.is_some() => Read::AtEnd,
            None => Read::Ended,
        })
    }

    /// Whether the container was removed.
    pub(super) fn is_gone(&self) -> bool {
        self.view.borrow().gone
    }

    /// Waits until there may be more; false when nothing follows any more.
    pub(super) async fn wait(&mut self) -> bool {
        let Some(news) = &mut self.news else {
            return false;
        };
        tokio::select! {
            there = news.next() => there,
            changed = self.view.changed() => changed.is_ok(),
        }
    }
}

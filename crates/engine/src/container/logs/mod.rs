//! Reading a container's log: as `docker logs` does, and as a window does.
//!
//! New rows are learnt from inotify, the container's end from its owner ([`follower`]); between the
//! two nothing runs. Readers look at files only, so none of them can slow a container.

mod batches;
mod follower;
mod news;
mod rows;
mod search;
mod watcher;

use std::sync::Arc;

use gantry_log::{Entry, Extent, Reader, Stream as Origin};
use gantry_wire::Timestamp;
use gantry_wire::gantry::{LogExtent, LogLine, LogStream as Side};
use tokio::sync::watch;

use super::folder::Folder;
use super::record::View;
use crate::core::{Core, blocking};
use crate::{Error, Result};

pub(crate) use batches::window;
pub(crate) use news::news;
pub use rows::LogStream;
pub(crate) use rows::rows;
pub(crate) use search::search;
pub(crate) use watcher::Watcher;

/// The log that is read.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) core: &'a Arc<Core>,
    pub(crate) folder: &'a Folder,
    pub(crate) view: &'a watch::Receiver<Arc<View>>,
}

/// Refuses where the container keeps no log.
pub(crate) fn may_read(view: &View) -> Result<()> {
    if view.definition.host_config.log_config.r#type == "none" {
        return Err(Error::Invalid(
            "configured logging driver does not support reading".to_owned(),
        ));
    }
    Ok(())
}

/// What a log holds.
pub(crate) async fn extent(folder: &Folder) -> Result<LogExtent> {
    let path = folder.log();
    let extent = blocking(move || Ok(Reader::open(&path)?.extent()?)).await?;
    Ok(numbered(extent))
}

/// The same, with rows counted from 1.
fn numbered(extent: Extent) -> LogExtent {
    LogExtent {
        first: extent.first + 1,
        last: extent.end,
        stderr: extent.stderr,
        bytes: extent.bytes,
    }
}

fn line(entry: Entry) -> LogLine {
    LogLine {
        number: entry.line + 1,
        time: Timestamp::from_nanosecond(i128::from(entry.time)).unwrap_or_default(),
        stream: match entry.stream {
            Origin::Stdout => Side::Stdout,
            Origin::Stderr => Side::Stderr,
        },
        text: String::from_utf8_lossy(&entry.bytes).into_owned(),
        partial: entry.partial,
    }
}

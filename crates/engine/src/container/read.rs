//! What looks at containers without changing them.

use std::sync::Arc;

use futures_util::stream;
use gantry_oci::ImageId;
use gantry_store::{ChangeKind as Kind, UpperDir};
use gantry_wire as wire;
use gantry_wire::gantry::{
    LogBatch, LogExtent, LogFound, LogNews, ProcessRound, UsageHistory, UsageSpan,
};

use super::folder::Folder;
use super::list::Selection;
use super::record::View;
use super::registry::Handle;
use super::{Containers, LogStream, Waiting, describe, logs};
use crate::Result;
use crate::core::{blocking, with_core};
use crate::engine::BoxStream;
use crate::request::{ContainerQuery, LogQuery, LogSearch, LogWindow, StatsQuery, WaitCondition};
use crate::stats::{self, Reader};
use crate::usage::bytes_below;

impl Containers {
    pub(crate) fn wait(&self, id: &str, condition: WaitCondition) -> Result<Waiting> {
        Ok(Waiting::new(self.find(id)?.view, condition))
    }

    pub(crate) async fn list(&self, query: &ContainerQuery) -> Result<Vec<wire::ContainerSummary>> {
        let images = with_core(&self.core, |core| Ok(core.store.images()?)).await?;
        let selection = Selection::read(query, &self.core.registry, &images)?;
        let views = self.core.registry.views();
        let chosen = views
            .into_iter()
            .filter(|view| selection.shows(view))
            .take(query.limit.filter(|limit| *limit > 0).unwrap_or(usize::MAX));
        let now = wire::Timestamp::now();
        let mut rows = Vec::new();
        for view in chosen {
            let mut row = describe::summary(&view, shown_image(&view, &images), now);
            if query.size {
                let sizes = self.sizes(&view).await?;
                (row.size_rw, row.size_root_fs) = (Some(sizes.0), Some(sizes.1));
            }
            rows.push(row);
        }
        Ok(rows)
    }

    pub(crate) async fn inspect(&self, id: &str, size: bool) -> Result<wire::ContainerInspect> {
        let view = self.view(id)?;
        let folder = self.folder(&view);
        let mut found = with_core(&self.core, {
            let view = Arc::clone(&view);
            move |core| {
                let lower = core.lower_dirs(&view.definition).unwrap_or_default();
                let lower: Vec<_> = lower
                    .iter()
                    .map(|path| path.to_string_lossy().into_owned())
                    .collect();
                let execs = core.execs.of(view.id());
                Ok(describe::inspect(&view, &folder, &lower, execs))
            }
        })
        .await?;
        if size {
            let sizes = self.sizes(&view).await?;
            (found.size_rw, found.size_root_fs) = (Some(sizes.0), Some(sizes.1));
        }
        Ok(found)
    }

    /// Bytes that the container wrote, and those with its image's.
    async fn sizes(&self, view: &Arc<View>) -> Result<(i64, i64)> {
        let (view, upper) = (Arc::clone(view), self.folder(view).upper());
        with_core(&self.core, move |core| {
            let written = bytes_below(&upper);
            let image = view.definition.image_id.parse::<ImageId>().ok();
            let size = image
                .and_then(|id| core.store.image(&id).ok())
                .map_or(0, |image| image.size);
            Ok((written as i64, (written + size) as i64))
        })
        .await
    }

    pub(crate) async fn changes(&self, id: &str) -> Result<Vec<wire::Change>> {
        let view = self.view(id)?;
        let upper = UpperDir(self.folder(&view).upper());
        with_core(&self.core, move |core| {
            let changes = core.store.changes_of(&upper, &view.definition.layers)?;
            Ok(changes
                .into_iter()
                .map(|change| wire::Change {
                    path: String::from_utf8_lossy(&change.path).into_owned(),
                    kind: match change.kind {
                        Kind::Modified => wire::ChangeKind::Modified,
                        Kind::Added => wire::ChangeKind::Added,
                        Kind::Deleted => wire::ChangeKind::Deleted,
                    },
                })
                .collect())
        })
        .await
    }

    fn log<'a>(&'a self, folder: &'a Folder, handle: &'a Handle) -> logs::Source<'a> {
        logs::Source {
            core: &self.core,
            folder,
            view: &handle.view,
        }
    }

    pub(crate) async fn logs(&self, id: &str, query: LogQuery) -> Result<LogStream> {
        let handle = self.find(id)?;
        let view = handle.now();
        logs::may_read(&view)?;
        logs::rows(self.log(&self.folder(&view), &handle), query).await
    }

    pub(crate) async fn log_window(
        &self,
        id: &str,
        window: LogWindow,
    ) -> Result<BoxStream<Result<LogBatch>>> {
        let handle = self.find(id)?;
        let folder = self.folder(&handle.now());
        logs::window(self.log(&folder, &handle), window).await
    }

    pub(crate) async fn log_extent(&self, id: &str) -> Result<LogExtent> {
        let view = self.view(id)?;
        logs::extent(&self.folder(&view)).await
    }

    pub(crate) async fn log_news(&self, id: &str, rows: u64) -> Result<BoxStream<Result<LogNews>>> {
        let handle = self.find(id)?;
        let folder = self.folder(&handle.now());
        logs::news(self.log(&folder, &handle), rows).await
    }

    pub(crate) async fn log_search(
        &self,
        id: &str,
        search: LogSearch,
    ) -> Result<BoxStream<Result<LogFound>>> {
        let handle = self.find(id)?;
        let folder = self.folder(&handle.now());
        logs::search(self.log(&folder, &handle), search).await
    }

    pub(crate) fn stats(
        &self,
        id: &str,
        query: StatsQuery,
    ) -> Result<BoxStream<wire::ContainerStats>> {
        let mut reader = Reader::new(&self.core.stats, self.find(id)?.view);
        Ok(match query {
            StatsQuery::Stream => reader.all(),
            StatsQuery::Once => Box::pin(stream::once(async move { reader.once().await })),
            StatsQuery::Twice => Box::pin(stream::once(async move { reader.twice().await })),
        })
    }

    pub(crate) fn processes(&self, id: &str) -> Result<BoxStream<ProcessRound>> {
        let view = self.find(id)?.view;
        Ok(stats::listed(&self.core.stats, view))
    }

    pub(crate) fn usage_history(&self, id: &str, span: UsageSpan) -> Result<UsageHistory> {
        Ok(self.core.stats.history(self.view(id)?.id(), span))
    }

    /// Bytes that a container wrote.
    pub(crate) async fn written_by(&self, view: &View) -> u64 {
        let upper = self.folder(view).upper();
        blocking(move || Ok(bytes_below(&upper))).await.unwrap_or(0)
    }
}

/// The image as it was named; its id once that name means another image.
fn shown_image(view: &View, images: &[gantry_store::Image]) -> String {
    let definition = &view.definition;
    let named = &definition.config.image;
    let reference = named
        .parse::<gantry_oci::Reference>()
        .ok()
        .map(gantry_oci::Reference::or_latest);
    let means = images.iter().find(|image| {
        image
            .names
            .iter()
            .any(|name| Some(name) == reference.as_ref())
    });
    match means {
        Some(image) if image.id.to_string() != definition.image_id => definition.image_id.clone(),
        _ => named.clone(),
    }
}

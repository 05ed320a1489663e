//! `docker export`: a container's files as a tar.

use std::io::{self, BufWriter};
use std::sync::Arc;

use bytes::Bytes;
use gantry_store::UpperDir;
use gantry_wire::gantry::{ExportRequest, TaskKind, TaskResult, TaskStarted};

use super::Containers;
use crate::core::with_core;
use crate::engine::BoxStream;
use crate::output::{OnDisk, PIECE, beside_and_renamed, streamed};
use crate::{Error, Result, output};

impl Containers {
    /// The files as they are read, of a container in any state. A client that goes away ends it.
    pub(crate) fn export(&self, id: &str) -> Result<BoxStream<io::Result<Bytes>>> {
        let view = self.view(id)?;
        let upper = UpperDir(self.folder(&view).upper());
        let store = self.core.store.clone();
        self.core.container_event(&view, "export", &[]);
        Ok(streamed(move |output, cancel| {
            Ok(store.export(&upper, &view.definition.layers, output, &(), cancel)?)
        }))
    }

    /// Writes the files into a file of this computer, as a task that outlives its client.
    pub(crate) fn export_task(&self, request: ExportRequest) -> Result<TaskStarted> {
        let path = output::place(&request.path, request.overwrite)?;
        let view = self.view(&request.container)?;
        let upper = UpperDir(self.folder(&view).upper());
        let task = Arc::new(self.core.tasks.start(TaskKind::Save, request.path.clone()));
        let started = TaskStarted {
            task: task.id().to_owned(),
        };
        self.core.container_event(&view, "export", &[]);
        let core = Arc::clone(&self.core);
        tokio::spawn(async move {
            let working = Arc::clone(&task);
            let written = with_core(&core, move |core| {
                let layers = &view.definition.layers;
                beside_and_renamed(&path, OnDisk::First, |file| {
                    let output = BufWriter::with_capacity(PIECE, file);
                    let (told, cancel) = (&*working, working.cancel_flag());
                    Ok(core.store.export(&upper, layers, output, told, cancel)?)
                })
            });
            match written.await {
                Ok(bytes) => task.finish(TaskResult {
                    images: vec![request.container],
                    path: Some(request.path),
                    bytes: Some(bytes),
                    ..TaskResult::default()
                }),
                Err(Error::Store(gantry_store::Error::Cancelled)) => task.fail(&Error::Cancelled),
                Err(error) => task.fail(&error),
            }
        });
        Ok(started)
    }
}

//! `docker import`, and importing as a task.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::stream;
use gantry_oci::{ImageConfig, Platform};
use gantry_store::{ImportRequest, Loaded};
use gantry_wire as wire;
use gantry_wire::gantry::{self, TaskKind, TaskResult, TaskStarted};
use tokio::io::AsyncRead;
use tokio_util::io::SyncIoBridge;

use super::load::cancelled;
use super::source::Source;
use super::{Images, tag};
use crate::container::change;
use crate::request::ImportOptions;
use crate::task::{CancelOnDrop, TaskHandle};
use crate::{BoxStream, Error, Result};

impl Images {
    /// Makes an image of a root file system as it arrives; dropping the stream cancels.
    pub fn import(
        &self,
        archive: impl AsyncRead + Send + Unpin + 'static,
        options: ImportOptions,
    ) -> Result<BoxStream<wire::Progress>> {
        let request = request(options, "-")?;
        let task = Arc::new(self.tasks.start(TaskKind::Load, "-"));
        let archive = Source::Stream(Box::new(archive));
        let this = self.clone();
        // The work stands in the stream itself: whoever drops it lets the task go.
        let line = async move {
            let guard = CancelOnDrop(Arc::clone(&task));
            let made = this.import_from(archive, request, &task).await;
            drop(guard);
            match made {
                Ok(loaded) => wire::Progress {
                    status: loaded.id.to_string(),
                    ..wire::Progress::default()
                },
                Err(error) => wire::Progress::failed(error.to_string()),
            }
        };
        Ok(Box::pin(stream::once(line)))
    }

    /// Imports a file of this computer as a task that outlives its client.
    pub fn import_task(&self, wanted: gantry::ImportRequest) -> Result<TaskStarted> {
        let path = PathBuf::from(&wanted.path);
        if !path.is_absolute() {
            return Err(Error::Invalid(format!(
                "{} is not an absolute path",
                wanted.path
            )));
        }
        let options = ImportOptions {
            reference: wanted.reference,
            message: wanted.message,
            changes: wanted.changes,
            platform: wanted.platform,
        };
        let request = request(options, &wanted.path)?;
        let task = Arc::new(self.tasks.start(TaskKind::Load, wanted.path));
        let started = TaskStarted {
            task: task.id().to_owned(),
        };
        let this = self.clone();
        tokio::spawn(async move {
            // The task itself carries the failure.
            let _ = this.import_from(Source::Path(path), request, &task).await;
        });
        Ok(started)
    }

    /// The work itself; ends the task.
    async fn import_from(
        &self,
        source: Source,
        request: ImportRequest,
        task: &Arc<TaskHandle>,
    ) -> Result<Loaded> {
        let working = Arc::clone(task);
        let worked = self.blocking(move |store| {
            let mut source = source;
            let (told, cancel) = (&*working, working.cancel_flag());
            let made = match &mut source {
                Source::Path(path) => store.import_path(path, &request, told, cancel),
                Source::Stream(archive) => {
                    store.import(SyncIoBridge::new(archive), &request, told, cancel)
                }
            };
            Ok((made, source))
        });
        let (made, rest) = match worked.await {
            Ok((made, source)) => (made.map_err(|error| cancelled(error.into())), Some(source)),
            Err(error) => (Err(error), None),
        };
        if let (Err(_), Some(rest)) = (&made, rest) {
            rest.drain().await;
        }
        match &made {
            Ok(image) => {
                let id = image.id.to_string();
                let name = image
                    .names
                    .first()
                    .map_or_else(|| id.clone(), gantry_oci::Reference::familiar);
                for name in &image.names {
                    self.tagged(image.id, name).await;
                }
                self.event_of("import", image.id).await;
                self.tell(image.id).await;
                for (_, loser) in &image.replaced {
                    self.tell(*loser).await;
                }
                task.finish(TaskResult {
                    images: vec![name],
                    ids: vec![id],
                    bytes: image.layers.first().map(|layer| layer.blob_size),
                    ..TaskResult::default()
                });
            }
            Err(error) => task.fail(error),
        }
        made
    }
}

/// What the store is asked for; `source` is what Docker writes into the history.
fn request(options: ImportOptions, source: &str) -> Result<ImportRequest> {
    let platform = match options.platform.filter(|text| !text.is_empty()) {
        None => Platform::host(),
        Some(text) => tag::platform(&text)?,
    };
    let mut config = ImageConfig {
        os: platform.os,
        architecture: platform.architecture,
        variant: platform.variant,
        ..ImageConfig::default()
    };
    for text in &options.changes {
        change::apply(&mut config.config, text)?;
    }
    let names = match options.reference.filter(|name| !name.is_empty()) {
        Some(name) => vec![tag::parse(&name)?.or_latest()],
        None => Vec::new(),
    };
    let comment = if options.message.is_empty() {
        format!("Imported from {source}")
    } else {
        options.message
    };
    Ok(ImportRequest {
        config,
        comment,
        names,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_asked_for_in_dockers_words() {
        let options = ImportOptions {
            reference: Some("made".to_owned()),
            changes: vec!["CMD [\"sh\"]".to_owned(), "ENV A=1".to_owned()],
            platform: Some("linux/arm64".to_owned()),
            ..ImportOptions::default()
        };
        let request = request(options, "-").unwrap();
        assert_eq!(request.names[0].familiar(), "made:latest");
        assert_eq!(request.config.architecture, "arm64");
        assert_eq!(request.config.config.env.unwrap(), ["A=1"]);
        assert_eq!(request.comment, "Imported from -");
        for bad in ["nonsense/", "/", "linux/"] {
            let options = ImportOptions {
                platform: Some(bad.to_owned()),
                ..ImportOptions::default()
            };
            assert!(super::request(options, "-").is_err(), "{bad}");
        }
    }
}

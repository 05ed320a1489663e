//! Files that come from a browser or go to one.

use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream::BoxStream};
use gantry_view::{Compression, ExportFormat, Failure, FilesOf};
use tokio_util::io::StreamReader;

use crate::{Desk, failure::failure, files, images, logs, tasks};

/// A file on its way to a browser.
pub struct Download {
    /// What to call it.
    pub name: String,
    /// What it holds. An error cuts it off.
    pub bytes: BoxStream<'static, io::Result<Bytes>>,
}

impl Desk {
    /// Imports an archive as it arrives; returns the task's id. The size makes its progress exact.
    pub async fn import_stream<S>(
        &self,
        name: &str,
        size: Option<u64>,
        archive: S,
    ) -> Result<String, Failure>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let client = self.link().client().await?;
        let reader = StreamReader::new(Box::pin(archive));
        let started = client.load_stream_task(name, size, reader).await;
        Ok(started.map_err(failure)?.task)
    }

    /// An archive of images, under the name that it is to have.
    pub async fn export_stream(
        &self,
        name: &str,
        images: Vec<String>,
        format: ExportFormat,
        compression: Compression,
    ) -> Result<Download, Failure> {
        if format == ExportFormat::OciFolder {
            let raw = "a browser receives a file, not a folder";
            return Err(Failure::new("not-in-browser", raw));
        }
        let client = self.link().client().await?;
        let archive = client
            .save_stream(
                &images,
                tasks::save_format(format),
                tasks::save_compression(compression),
            )
            .await
            .map_err(failure)?;
        Ok(Download {
            name: name.replace('/', "_"),
            bytes: archive.map(|chunk| chunk.map_err(io::Error::other)).boxed(),
        })
    }

    /// One file of an image, as the layer has it or as a container would see it.
    pub async fn image_file_stream(
        &self,
        image: &str,
        path: &str,
        layer: u32,
        whole: bool,
    ) -> Result<Download, Failure> {
        let client = self.link().client().await?;
        let content = images::content(&client, image, path, layer, whole).await?;
        Ok(Download {
            name: path.rsplit('/').next().unwrap_or(path).to_owned(),
            bytes: content.map(|chunk| chunk.map_err(io::Error::other)).boxed(),
        })
    }

    /// Makes a new volume of a tar that a browser sends; returns the task's id.
    pub async fn restore_stream<S>(
        &self,
        volume: &str,
        size: Option<u64>,
        archive: S,
    ) -> Result<String, Failure>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let client = self.link().client().await?;
        let reader = StreamReader::new(Box::pin(archive));
        let started = client.restore_volume_stream(volume, size, reader).await;
        Ok(started.map_err(failure)?.task)
    }

    /// Writes what a browser sends into a new file of a container or a volume.
    pub async fn upload_file<S>(&self, of: FilesOf, path: &str, content: S) -> Result<(), Failure>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let client = self.link().client().await?;
        let reader = StreamReader::new(Box::pin(content));
        let path = format!("/{path}");
        let written = client.write_file(&files::of(of), &path, None, reader).await;
        written.map(drop).map_err(failure)
    }

    /// A file of a container or a volume, or a folder of it in one tar.
    pub async fn file_stream(
        &self,
        of: FilesOf,
        path: &str,
        folder: bool,
    ) -> Result<Download, Failure> {
        let client = self.link().client().await?;
        let content = files::content(&client, of, path, folder).await?;
        let name = path.rsplit('/').next().unwrap_or(path);
        Ok(Download {
            name: if folder {
                format!("{name}.tar")
            } else {
                name.to_owned()
            },
            bytes: content.boxed(),
        })
    }

    /// A volume's files in one tar.
    pub async fn volume_stream(&self, name: &str) -> Result<Download, Failure> {
        let client = self.link().client().await?;
        let archive = client.volume_archive(name).await.map_err(failure)?;
        Ok(Download {
            name: format!("{name}.tar"),
            bytes: archive.map(|chunk| chunk.map_err(io::Error::other)).boxed(),
        })
    }

    /// A container's whole log.
    pub async fn log_stream(&self, id: &str, timestamps: bool) -> Result<Download, Failure> {
        let client = self.link().client().await?;
        let inspect = client.inspect_container(id, false).await.map_err(failure)?;
        let log = logs::text(&client, id, timestamps).await?;
        let name = inspect.name.trim_start_matches('/').to_owned();
        Ok(Download {
            name: format!("{name}.log"),
            bytes: log.map(|chunk| chunk.map_err(io::Error::other)).boxed(),
        })
    }
}

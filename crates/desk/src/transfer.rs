//! Files that come from a browser or go to one.

use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream::BoxStream};
use gantry_view::{Compression, ExportFormat, Failure};
use tokio_util::io::StreamReader;

use crate::{Desk, failure::failure, logs};

/// A file on its way to a browser.
pub struct Download {
    /// What to call it.
    pub name: String,
    /// What it holds. An error cuts it off.
    pub bytes: BoxStream<'static, io::Result<Bytes>>,
}

impl Desk {
    /// Imports an archive as it arrives; returns the task's id.
    pub async fn import_stream<S>(&self, name: &str, archive: S) -> Result<String, Failure>
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        let client = self.link().client().await?;
        let reader = StreamReader::new(Box::pin(archive));
        let started = client.load_stream_task(name, reader).await;
        Ok(started.map_err(failure)?.task)
    }

    /// An archive of images.
    pub async fn export_stream(
        &self,
        images: Vec<String>,
        format: ExportFormat,
        compression: Compression,
    ) -> Result<Download, Failure> {
        if compression != Compression::None || format == ExportFormat::OciFolder {
            let raw = "a browser receives archives without further compression";
            return Err(Failure::new("not-in-browser", raw));
        }
        let client = self.link().client().await?;
        let archive = client.save_images(&images).await.map_err(failure)?;
        Ok(Download {
            name: file_name(&images, "tar"),
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
            name: file_name(&[name], "log"),
            bytes: log.map(|chunk| chunk.map_err(io::Error::other)).boxed(),
        })
    }
}

/// A file name after what it holds: `shop_web-1.2.tar`.
fn file_name(subjects: &[String], extension: &str) -> String {
    let stem = match subjects {
        [one] => one.replace('/', "_").replace(':', "-"),
        _ => "images".to_owned(),
    };
    format!("{stem}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_after_what_it_holds() {
        let one = ["shop/web:1.2".to_owned()];
        assert_eq!(file_name(&one, "tar"), "shop_web-1.2.tar");
        assert_eq!(file_name(&["a".into(), "b".into()], "tar"), "images.tar");
    }
}

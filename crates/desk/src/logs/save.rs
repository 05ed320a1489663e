//! A whole log as a file.

use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use gantry_client::{Client, LogOptions};
use gantry_view::{Failure, SaveLog};

use crate::{Desk, failure::failure, file, path};

/// Writes the log beside its place and renames it there; the number of bytes.
pub(crate) async fn save(desk: &Desk, request: SaveLog) -> Result<u64, Failure> {
    let path = path::absolute(&request.path)?;
    let client = desk.link().client().await?;
    let log = text(&client, &request.id, request.timestamps).await?;
    let log = log.map(|chunk| chunk.map_err(io::Error::other));
    let written = file::write_stream(&path, log).await;
    written.map_err(|error| file::failure("log-not-saved", &path, &error))
}

/// Both streams of a log as one text, in the order they were written.
pub(crate) async fn text(
    client: &Client,
    id: &str,
    timestamps: bool,
) -> Result<impl Stream<Item = Result<Bytes, gantry_client::Error>> + Send + Unpin + use<>, Failure>
{
    let options = LogOptions {
        stdout: true,
        stderr: true,
        timestamps,
        ..LogOptions::default()
    };
    let chunks = client.logs(id, &options).await.map_err(failure)?;
    Ok(chunks.map(|chunk| chunk.map(|chunk| chunk.bytes)))
}

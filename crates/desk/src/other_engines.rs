//! Images of Docker or Podman on this computer become ours.

use std::{io, path::Path};

use futures_util::TryStreamExt;
use gantry_client::{Client, Error, Filters, OtherEngine, names_of, other_engines};
use gantry_view as view;
use gantry_view::Failure;
use tokio_util::io::StreamReader;

use crate::{Desk, failure::failure};

/// Names that a task's title tells; the rest is counted.
const NAMED: usize = 3;

pub(crate) async fn list(
    desk: &Desk,
    _: view::OtherEngines,
) -> Result<Vec<view::OtherEngine>, Failure> {
    let found = other_engines(&desk.link().place()?.socket).await;
    Ok(found.into_iter().map(row).collect())
}

pub(crate) async fn images(
    desk: &Desk,
    request: view::OtherEngineImages,
) -> Result<Vec<view::OtherImage>, Failure> {
    let other = find(desk, &request.socket).await?;
    let listed = other.client().list_images(false, &Filters::new()).await;
    let mut images: Vec<_> = listed
        .map_err(|error| refused(&other, &error))?
        .into_iter()
        .map(|image| view::OtherImage {
            names: names_of(&image),
            size: u64::try_from(image.size).unwrap_or_default(),
            id: image.id,
        })
        .collect();
    // Those without a name come last.
    images.sort_by(|a, b| {
        let key = |image: &view::OtherImage| (image.names.is_empty(), image.names.clone());
        key(a).cmp(&key(b))
    });
    Ok(images)
}

/// The archive goes from one socket to the other as it comes; nothing is kept in between. Fails
/// where nothing began.
pub(crate) async fn copy(desk: &Desk, request: view::CopyImages) -> Result<(), Failure> {
    let other = find(desk, &request.socket).await?;
    let ours = desk.link().client().await?;
    // A page that is closed does not end the copying.
    let copying = tokio::spawn(async move { pass_on(&other, &ours, &request.images).await });
    copying
        .await
        .unwrap_or_else(|error| Err(Failure::new("internal", error.to_string())))
}

async fn pass_on(other: &OtherEngine, ours: &Client, images: &[String]) -> Result<(), Failure> {
    let theirs = other.client();
    let archive = theirs.save_images(images).await;
    let archive = archive.map_err(|error| refused(other, &error))?;
    let archive = StreamReader::new(archive.map_err(io::Error::other));
    let title = title(other, images);
    match ours.load_stream_task(&title, None, archive).await {
        Err(error @ Error::NotRunning { .. }) => Err(failure(error)),
        // Once it has begun, its task tells how it ended.
        _ => Ok(()),
    }
}

/// Only what was found is spoken to: a page cannot name any other socket.
async fn find(desk: &Desk, socket: &str) -> Result<OtherEngine, Failure> {
    let found = other_engines(&desk.link().place()?.socket).await;
    let mut usable = found.into_iter().filter(|other| other.version.is_some());
    usable
        .find(|other| other.socket == Path::new(socket))
        .ok_or_else(|| gone(socket))
}

fn row(other: OtherEngine) -> view::OtherEngine {
    view::OtherEngine {
        name: other.kind.name().to_owned(),
        socket: other.socket.to_string_lossy().into_owned(),
        version: other.version,
    }
}

/// `Docker: nginx:1, redis:7, …`
fn title(other: &OtherEngine, images: &[String]) -> String {
    let mut named: Vec<&str> = images.iter().take(NAMED).map(String::as_str).collect();
    if images.len() > NAMED {
        named.push("…");
    }
    format!("{}: {}", other.kind.name(), named.join(", "))
}

fn gone(socket: &str) -> Failure {
    let raw = format!("no engine answers at {socket}");
    Failure {
        what: "The other engine does not answer".to_owned(),
        why: format!("Nobody listens at {socket} any more"),
        next: "Start it, then open the list again.".to_owned(),
        ..Failure::new("other-engine-gone", raw)
    }
    .with("socket", socket)
}

/// What another engine said, which knows nothing of our codes.
fn refused(other: &OtherEngine, error: &Error) -> Failure {
    let name = other.kind.name();
    if matches!(error, Error::NotRunning { .. }) {
        return gone(&other.socket.to_string_lossy());
    }
    let raw = error.to_string();
    Failure {
        what: format!("{name} did not give the images out"),
        why: raw.clone(),
        next: format!("Look whether {name} itself can save them, then try again."),
        ..Failure::new("other-engine-failed", raw)
    }
    .with("engine", name)
}

#[cfg(test)]
mod tests {
    use gantry_client::EngineKind;

    use super::*;

    fn docker() -> OtherEngine {
        OtherEngine {
            kind: EngineKind::Docker,
            socket: "/var/run/docker.sock".into(),
            version: Some("28".to_owned()),
        }
    }

    #[test]
    fn a_task_names_the_first_images() {
        let names = ["a:1", "b:1", "c:1", "d:1"].map(str::to_owned);
        assert_eq!(title(&docker(), &names[..2]), "Docker: a:1, b:1");
        assert_eq!(title(&docker(), &names), "Docker: a:1, b:1, c:1, …");
    }

    #[test]
    fn an_engine_that_left_is_told_from_one_that_refused() {
        let left = Error::NotRunning {
            socket: "/var/run/docker.sock".into(),
            source: io::ErrorKind::ConnectionRefused.into(),
        };
        assert_eq!(refused(&docker(), &left).code, "other-engine-gone");
        let said = Error::Unreadable("no".to_owned());
        let failure = refused(&docker(), &said);
        assert_eq!(failure.code, "other-engine-failed");
        assert_eq!(failure.fact("engine"), "Docker");
    }
}

//! `/gantry/v1`: what Docker's API lacks.

mod files;
mod log;
mod registry;

use std::io;

use futures_util::{Stream, StreamExt};
use gantry_engine::{PullOptions, PushOptions};
use gantry_wire::gantry::{
    Compression, FilesOf, PullRequest, PushRequest, RestoreRequest, SaveFormat,
};
use hyper::header::CONTENT_TYPE;
use hyper::{Method, StatusCode};
use serde::Serialize;

use crate::body;
use crate::credentials;
use crate::error::Error;
use crate::explore;
use crate::request::Call;
use crate::response::{self, Response};

/// Finds the handler of a path below `/gantry/v1`.
pub(crate) async fn route(mut call: Call, path: &[&str]) -> Result<Response, Error> {
    match (&call.method, path) {
        (&Method::GET, ["snapshot"]) => Ok(response::ok(&call.engine.snapshot().await?)),
        (&Method::GET, ["events"]) => {
            let from = call.query.number("from")?;
            Ok(fallible_lines(call.engine.updates(from)))
        }
        (&Method::GET, ["tasks"]) => Ok(response::ok(&call.engine.tasks())),
        (&Method::GET, ["tasks", id]) => Ok(response::ok(&call.engine.task(id)?)),
        (&Method::DELETE, ["tasks", id]) => {
            call.engine.cancel_task(id)?;
            Ok(response::no_content())
        }
        (&Method::POST, ["load"]) => load(call).await,
        (&Method::POST, ["save"]) => save(call).await,
        (&Method::GET, ["save"]) => download(&call).await,
        (&Method::POST, ["pull"]) => pull(call).await,
        (&Method::POST, ["push"]) => push(call).await,
        (&Method::GET, ["registry", "plain"]) => Ok(response::ok(&call.engine.plain_registries())),
        (&Method::POST, ["registry", rest @ ..]) => registry::route(call, rest).await,
        (&Method::POST, ["import"]) => import(call).await,
        (&Method::POST, ["export"]) => export(call).await,
        (&Method::POST, ["commit"]) => commit(call).await,
        (&Method::POST, ["undo", token]) => {
            call.engine.undo(token).await?;
            Ok(response::no_content())
        }
        (&Method::POST, ["containers", id, "ports"]) => {
            let request = call.json().await?;
            call.engine.change_ports(id, request).await?;
            Ok(response::no_content())
        }
        (&Method::GET, ["containers", id, "shell"]) => {
            Ok(response::ok(&call.engine.container_shell(id).await?))
        }
        (&Method::POST, ["containers", id, "remove"]) => remove_container(call, id).await,
        (&Method::GET, ["stats"]) => Ok(response::lines(call.engine.usage())),
        (&Method::GET, ["containers", id, "stats"]) => {
            let span = call.query.word("span")?;
            Ok(response::ok(&call.engine.usage_history(id, span)?))
        }
        (&Method::GET, ["containers", id, "processes"]) => {
            Ok(response::lines(call.engine.processes(id)?))
        }
        (&Method::GET, ["containers", id, "changes"]) => {
            Ok(response::ok(&call.engine.change_sums(id).await?))
        }
        (_, ["containers", id, "files", rest @ ..]) => {
            files::route(call, FilesOf::Container((*id).to_owned()), rest).await
        }
        (_, ["volumes", name, "files", rest @ ..]) => {
            files::route(call, FilesOf::Volume((*name).to_owned()), rest).await
        }
        (&Method::GET, ["containers", id, "log", rest @ ..]) => log::route(&call, id, rest).await,
        (&Method::POST, ["volumes", "backup"]) => backup(call).await,
        (&Method::POST, ["volumes", "restore"]) => restore(call).await,
        (&Method::GET, ["volumes", "usage"]) => Ok(response::ok(&call.engine.volume_uses().await?)),
        (&Method::GET, ["volumes", name, "entries"]) => {
            let dir = call.query.get("dir").unwrap_or_default();
            Ok(response::ok(&call.engine.volume_entries(name, dir).await?))
        }
        (&Method::GET, ["volumes", name, "archive"]) => {
            let files = call.engine.volume_archive(name).await?;
            Ok(response::bytes("application/x-tar", files))
        }
        (&Method::POST, ["images", "remove"]) => remove_image(call).await,
        (&Method::GET, ["images", "shells"]) => {
            Ok(response::ok(&call.engine.images_with_shell().await?))
        }
        (&Method::GET, ["images", name @ .., "layers"]) => {
            let stack = call.engine.image_layers(&name.join("/")).await?;
            Ok(response::ok(&stack))
        }
        (&Method::GET, ["images", name @ .., "layers", layer, "entries"]) => {
            explore::entries(&call, &name.join("/"), layer).await
        }
        (&Method::GET, ["images", name @ .., "waste"]) => {
            let waste = call.engine.image_waste(&name.join("/")).await?;
            Ok(response::ok(&waste))
        }
        (&Method::GET, ["images", name @ .., "search"]) => {
            explore::search(&call, &name.join("/")).await
        }
        (&Method::GET, ["images", name @ .., "compare"]) => {
            explore::compare(&call, &name.join("/")).await
        }
        (&Method::GET, ["images", name @ .., "file"]) => {
            explore::file(&call, &name.join("/")).await
        }
        _ => Err(Error::NoSuchPage),
    }
}

/// A path in a JSON body, or the archive itself as the body.
async fn load(mut call: Call) -> Result<Response, Error> {
    let started = if is_json(&call) {
        let request = call.json().await?;
        call.engine.load_task(request).await?
    } else {
        let subject = call.query.get("name").unwrap_or_default().to_owned();
        let size = call.query.number("size")?;
        let archive = body::reader(call.body);
        call.engine.load_stream_task(archive, subject, size).await?
    };
    Ok(response::json(StatusCode::ACCEPTED, &started))
}

fn is_json(call: &Call) -> bool {
    let kind = call.headers.get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

async fn save(mut call: Call) -> Result<Response, Error> {
    let request = call.json().await?;
    let started = call.engine.save_task(request).await?;
    Ok(response::json(StatusCode::ACCEPTED, &started))
}

async fn backup(mut call: Call) -> Result<Response, Error> {
    let request = call.json().await?;
    let started = call.engine.backup_volume(request)?;
    Ok(response::json(StatusCode::ACCEPTED, &started))
}

/// A path in a JSON body, or the tar itself as the body.
async fn restore(mut call: Call) -> Result<Response, Error> {
    let started = if is_json(&call) {
        let request: RestoreRequest = call.json().await?;
        call.engine.restore_volume(request)?
    } else {
        let volume = call.query.get("volume").unwrap_or_default().to_owned();
        let size = call.query.number("size")?;
        let archive = body::reader(call.body);
        let engine = call.engine;
        engine.restore_volume_stream(archive, &volume, size).await?
    };
    Ok(response::json(StatusCode::ACCEPTED, &started))
}

/// The archive as the answer, for a browser that saves it itself.
async fn download(call: &Call) -> Result<Response, Error> {
    let images: Vec<String> = call.query.all("image").map(str::to_owned).collect();
    if images.is_empty() {
        return Err(Error::BadRequest("no image is named".to_owned()));
    }
    let format: SaveFormat = call.query.word("format")?;
    let compression: Compression = call.query.word("compression")?;
    let archive = call
        .engine
        .export_images(&images, format, compression)
        .await?;
    Ok(response::bytes("application/octet-stream", archive))
}

async fn pull(mut call: Call) -> Result<Response, Error> {
    let request: PullRequest = call.json().await?;
    let options = PullOptions {
        reference: request.reference,
        platform: request.platform,
        credentials: request.auth.and_then(credentials::of),
        ..PullOptions::default()
    };
    let started = call.engine.pull_task(options).await?;
    Ok(response::json(StatusCode::ACCEPTED, &started))
}

async fn push(mut call: Call) -> Result<Response, Error> {
    let request: PushRequest = call.json().await?;
    let options = PushOptions {
        reference: request.reference,
        all_tags: request.all_tags,
        credentials: request.auth.and_then(credentials::of),
    };
    let started = call.engine.push_task(options).await?;
    Ok(response::json(StatusCode::ACCEPTED, &started))
}

async fn import(mut call: Call) -> Result<Response, Error> {
    let request = call.json().await?;
    let started = call.engine.import_task(request).await?;
    Ok(response::json(StatusCode::ACCEPTED, &started))
}

async fn export(mut call: Call) -> Result<Response, Error> {
    let request = call.json().await?;
    let started = call.engine.export_task(request).await?;
    Ok(response::json(StatusCode::ACCEPTED, &started))
}

async fn commit(mut call: Call) -> Result<Response, Error> {
    let request = call.json().await?;
    let started = call.engine.commit_task(request).await?;
    Ok(response::json(StatusCode::ACCEPTED, &started))
}

async fn remove_container(mut call: Call, id: &str) -> Result<Response, Error> {
    let request = call.json_if_any().await?.unwrap_or_default();
    let removed = call.engine.remove_container_later(id, request).await?;
    Ok(response::ok(&removed))
}

async fn remove_image(mut call: Call) -> Result<Response, Error> {
    let request = call.json().await?;
    Ok(response::ok(
        &call.engine.remove_image_later(request).await?,
    ))
}

/// One JSON object per line; an error cuts the connection.
fn fallible_lines<T: Serialize + 'static>(
    stream: impl Stream<Item = gantry_engine::Result<T>> + Send + 'static,
) -> Response {
    response::bytes(
        "application/x-ndjson",
        stream.map(|item| response::line(&item.map_err(io::Error::other)?)),
    )
}

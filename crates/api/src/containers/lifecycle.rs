//! From one state to the next.

use futures_util::FutureExt;
use gantry_engine::{Outcome, RemoveOptions, StopOptions, WaitCondition};
use gantry_wire::{WaitError, WaitResponse};
use hyper::StatusCode;

use crate::error::Error;
use crate::request::Call;
use crate::response::{self, Response};

pub(super) async fn start(call: &Call, id: &str) -> Result<Response, Error> {
    Ok(changed(call.engine.start(id).await?))
}

pub(super) async fn stop(call: &Call, id: &str) -> Result<Response, Error> {
    let options = stop_options(call)?;
    Ok(changed(call.engine.stop(id, options).await?))
}

pub(super) async fn restart(call: &Call, id: &str) -> Result<Response, Error> {
    call.engine.restart(id, stop_options(call)?).await?;
    Ok(response::no_content())
}

pub(super) async fn kill(call: &Call, id: &str) -> Result<Response, Error> {
    let killed = call.engine.kill(id, call.query.get("signal")).await;
    killed.map_err(|error| Error::Doing(format!("cannot kill container: {id}"), error))?;
    Ok(response::no_content())
}

pub(super) async fn pause(call: &Call, id: &str) -> Result<Response, Error> {
    call.engine.pause(id).await?;
    Ok(response::no_content())
}

pub(super) async fn unpause(call: &Call, id: &str) -> Result<Response, Error> {
    call.engine.unpause(id).await?;
    Ok(response::no_content())
}

pub(super) async fn rename(call: &Call, id: &str) -> Result<Response, Error> {
    let Some(name) = call.query.get("name") else {
        return Err(Error::BadRequest(
            "Neither old nor new names may be empty".to_owned(),
        ));
    };
    call.engine.rename(id, name).await?;
    Ok(response::no_content())
}

pub(super) async fn update(mut call: Call, id: &str) -> Result<Response, Error> {
    let change = call.json().await?;
    let updated = call.engine.update_container(id, change).await?;
    Ok(response::ok(&updated))
}

/// Answers with the head at once: `docker run` starts the container only after it has seen it.
pub(super) async fn wait(call: &Call, id: &str) -> Result<Response, Error> {
    let name = call.query.get("condition").unwrap_or_default();
    let condition = WaitCondition::named(name)
        .ok_or_else(|| Error::BadRequest(format!("invalid condition: \"{name}\"")))?;
    let waiting = call.engine.wait(id, condition).await?;
    let outcome = waiting.outcome().map(|outcome| {
        outcome.unwrap_or_else(|error| WaitResponse {
            status_code: -1,
            error: Some(WaitError {
                message: error.to_string(),
            }),
        })
    });
    Ok(response::lines(outcome.into_stream()))
}

pub(super) async fn remove(call: &Call, id: &str) -> Result<Response, Error> {
    if call.query.flag("link") {
        return Err(Error::NotImplemented("removing links"));
    }
    let options = RemoveOptions {
        force: call.query.flag("force"),
        volumes: call.query.flag("v"),
    };
    call.engine.remove(id, options).await?;
    Ok(response::no_content())
}

fn stop_options(call: &Call) -> Result<StopOptions, Error> {
    Ok(StopOptions {
        signal: call.query.get("signal").map(str::to_owned),
        timeout: call.query.number("t")?,
    })
}

fn changed(outcome: Outcome) -> Response {
    response::empty(match outcome {
        Outcome::Done => StatusCode::NO_CONTENT,
        Outcome::Unchanged => StatusCode::NOT_MODIFIED,
    })
}

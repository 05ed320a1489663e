//! Start, stop and their kin.

use gantry_client::StopOptions;
use gantry_view::{
    Failure, KillContainer, PauseContainer, RenameContainer, RestartContainer, ResumeContainer,
    StartContainer, StopContainer,
};

use crate::{Desk, failure::failure};

pub(crate) async fn start(desk: &Desk, request: StartContainer) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    client.start(&request.id).await.map_err(failure)?;
    Ok(())
}

pub(crate) async fn stop(desk: &Desk, request: StopContainer) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let options = grace(request.grace_seconds);
    client.stop(&request.id, &options).await.map_err(failure)?;
    Ok(())
}

pub(crate) async fn restart(desk: &Desk, request: RestartContainer) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let options = grace(request.grace_seconds);
    client.restart(&request.id, &options).await.map_err(failure)
}

pub(crate) async fn kill(desk: &Desk, request: KillContainer) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let signal = request.signal.as_deref();
    client.kill(&request.id, signal).await.map_err(failure)
}

pub(crate) async fn pause(desk: &Desk, request: PauseContainer) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    client.pause(&request.id).await.map_err(failure)
}

pub(crate) async fn resume(desk: &Desk, request: ResumeContainer) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    client.unpause(&request.id).await.map_err(failure)
}

pub(crate) async fn rename(desk: &Desk, request: RenameContainer) -> Result<(), Failure> {
    let client = desk.link().client().await?;
    let renamed = client.rename(&request.id, &request.name).await;
    renamed.map_err(failure)
}

fn grace(seconds: Option<u32>) -> StopOptions {
    StopOptions {
        timeout: seconds.map(i64::from),
        ..StopOptions::default()
    }
}

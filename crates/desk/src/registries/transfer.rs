//! Images from registries and to them.

use gantry_view::{Failure, PullImage, PushImage};
use gantry_wire::gantry::{PullRequest, PushRequest};

use super::auth_of_image;
use crate::{Desk, failure::failure};

pub(crate) async fn pull(desk: &Desk, request: PullImage) -> Result<String, Failure> {
    let client = desk.link().client().await?;
    let wanted = PullRequest {
        auth: auth_of_image(desk, &request.reference).await,
        reference: request.reference,
        platform: request.platform,
    };
    Ok(client.pull_task(&wanted).await.map_err(failure)?.task)
}

pub(crate) async fn push(desk: &Desk, request: PushImage) -> Result<String, Failure> {
    let client = desk.link().client().await?;
    let wanted = PushRequest {
        auth: auth_of_image(desk, &request.reference).await,
        reference: request.reference,
        ..PushRequest::default()
    };
    Ok(client.push_task(&wanted).await.map_err(failure)?.task)
}

//! Everything about one image.

use gantry_view::{Failure, ImageDetail, InspectImage};
use gantry_wire::{ImageInspect, gantry};

use super::steps::steps;
use crate::{Desk, failure::failure};

pub(crate) async fn inspect(desk: &Desk, request: InspectImage) -> Result<ImageDetail, Failure> {
    let client = desk.link().client().await?;
    let (inspect, stack, snapshot) = tokio::join!(
        client.inspect_image(&request.id),
        client.image_layers(&request.id),
        client.snapshot(),
    );
    let (inspect, stack) = (inspect.map_err(failure)?, stack.map_err(failure)?);
    let rows = snapshot.map_err(failure)?.images;
    let row = rows.into_iter().find(|row| row.id == inspect.id);
    let row = row.ok_or_else(|| {
        let raw = format!("No such image: {}", request.id);
        Failure::new("image-not-found", raw).with("image", &request.id)
    })?;
    let text = serde_json::to_string_pretty(&[&inspect])
        .map_err(|error| Failure::new("internal", error.to_string()))?;
    Ok(detail(row, inspect, &stack, text))
}

fn detail(
    row: gantry::Image,
    image: ImageInspect,
    stack: &gantry::LayerStack,
    inspect: String,
) -> ImageDetail {
    let config = image.config;
    ImageDetail {
        image: super::row(row),
        author: image.author,
        steps: steps(stack),
        entrypoint: config.entrypoint,
        cmd: config.cmd,
        env: config.env,
        working_dir: config.working_dir,
        user: config.user,
        exposed_ports: config.exposed_ports.into_iter().collect(),
        volumes: config.volumes.into_iter().collect(),
        stop_signal: config.stop_signal,
        labels: config.labels.into_iter().collect(),
        inspect,
    }
}

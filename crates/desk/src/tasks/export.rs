//! Images become a file or a folder of this computer.

use std::collections::HashSet;

use gantry_view::{
    Compression, EstimateExport, ExportEstimate, ExportFormat, ExportImages, Failure,
};
use gantry_wire::gantry::{self, LayerStack, SaveRequest};

use crate::{Desk, disk, failure::failure, path};

/// What a tar adds to an entry: its header, and padding to whole blocks.
const BLOCK: u64 = 512;

pub(crate) async fn export(desk: &Desk, request: ExportImages) -> Result<String, Failure> {
    let path = path::absolute(&request.path)?;
    let client = desk.link().client().await?;
    let save = SaveRequest {
        images: request.images,
        path: path.to_string_lossy().into_owned(),
        format: save_format(request.format),
        compression: save_compression(request.compression),
        overwrite: request.overwrite,
        checksum: request.checksum,
    };
    let started = client.save_task(&save).await.map_err(failure)?;
    Ok(started.task)
}

pub(crate) async fn estimate(
    desk: &Desk,
    request: EstimateExport,
) -> Result<ExportEstimate, Failure> {
    let client = desk.link().client().await?;
    let mut stacks = Vec::with_capacity(request.images.len());
    for image in &request.images {
        stacks.push(client.image_layers(image).await.map_err(failure)?);
    }
    let free_bytes = match &request.path {
        Some(path) => disk::free_bytes(&path::absolute(path)?),
        None => None,
    };
    Ok(ExportEstimate {
        free_bytes,
        ..sizes(&stacks)
    })
}

fn sizes(stacks: &[LayerStack]) -> ExportEstimate {
    let mut seen = HashSet::new();
    let (mut sum_bytes, mut shared_bytes, mut archive_bytes) = (0, 0, 0);
    for layer in stacks.iter().flat_map(|stack| &stack.items) {
        let Some(layer) = &layer.layer else { continue };
        // A layer that has no blob yet is saved as its tar.
        let bytes = layer.blob_size.unwrap_or(layer.size);
        sum_bytes += bytes;
        if seen.insert(layer.blob.as_ref().unwrap_or(&layer.diff_id)) {
            archive_bytes += bytes.next_multiple_of(BLOCK) + BLOCK;
        } else {
            shared_bytes += bytes;
        }
    }
    ExportEstimate {
        sum_bytes,
        shared_bytes,
        archive_bytes,
        free_bytes: None,
    }
}

pub(crate) fn save_format(format: ExportFormat) -> gantry::SaveFormat {
    match format {
        ExportFormat::DockerArchive => gantry::SaveFormat::DockerArchive,
        ExportFormat::OciArchive => gantry::SaveFormat::OciArchive,
        ExportFormat::OciFolder => gantry::SaveFormat::OciLayout,
    }
}

pub(crate) fn save_compression(compression: Compression) -> gantry::Compression {
    match compression {
        Compression::None => gantry::Compression::None,
        Compression::Gzip => gantry::Compression::Gzip,
        Compression::Zstd => gantry::Compression::Zstd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gantry_wire::gantry::{Layer, StackItem};

    fn stack(layers: &[(&str, u64)]) -> LayerStack {
        let items = layers.iter().map(|(blob, bytes)| StackItem {
            layer: Some(Layer {
                blob: Some((*blob).to_owned()),
                blob_size: Some(*bytes),
                ..Layer::default()
            }),
            ..StackItem::default()
        });
        LayerStack {
            items: items.collect(),
            ..LayerStack::default()
        }
    }

    #[test]
    fn shared_layers_are_written_once() {
        let stacks = [
            stack(&[("base", 1000), ("a", 24)]),
            stack(&[("base", 1000), ("b", 512)]),
        ];
        let sizes = sizes(&stacks);
        assert_eq!(sizes.sum_bytes, 2536);
        assert_eq!(sizes.shared_bytes, 1000);
        assert_eq!(sizes.archive_bytes, (1024 + 512 + 512) + 3 * BLOCK);
    }
}

use gantry_view::Image;
use gantry_wire::gantry;

use crate::time::millis;

pub(crate) fn row(row: gantry::Image) -> Image {
    Image {
        platform: platform(&row),
        id: row.id,
        tags: row.tags,
        size: row.size,
        download_size: row.download_size.unwrap_or_default(),
        unique_size: row.unique_size,
        created_at: row.created.and_then(millis),
        runnable: row.runnable,
        layers: row.layers,
        used_by: row.used_by,
    }
}

/// `linux/amd64`, `linux/arm/v7`.
pub(crate) fn platform(row: &gantry::Image) -> String {
    let parts = [&row.os, &row.architecture, &row.variant];
    let parts: Vec<&str> = parts
        .into_iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("/")
}

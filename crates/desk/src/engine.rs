//! The engine's own row.

use std::path::Path;

use gantry_view::Engine;
use gantry_wire::gantry;

use crate::{disk, failure::told};

pub(crate) fn row(engine: gantry::Engine) -> Engine {
    let free_bytes = engine
        .free_bytes
        .or_else(|| disk::free_bytes(Path::new(&engine.root)))
        .unwrap_or_default();
    Engine {
        version: engine.version,
        api_version: engine.api_version,
        rootless: engine.rootless,
        warnings: engine
            .warnings
            .into_iter()
            .map(|warning| told(warning, String::new()))
            .collect(),
        architecture: engine.architecture,
        cpus: engine.cpus,
        memory_bytes: engine.memory_bytes,
        kernel: engine.kernel,
        cgroup: match engine.cgroup.as_str() {
            "none" => String::new(),
            _ => engine.cgroup,
        },
        root: engine.root,
        socket: engine.socket,
        used_bytes: engine.used_bytes.unwrap_or_default(),
        free_bytes,
    }
}

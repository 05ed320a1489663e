//! What has to be settled before GTK and WebKit start.

use std::{env, fs, path::Path};

use tracing_subscriber::EnvFilter;

/// Turns a renderer of WebKit off that fails or crawls on this computer.
const NO_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Settles the environment. Called first in `main`, while there is one thread.
pub(crate) fn prepare() {
    if env::var_os(NO_DMABUF).is_none() && !dmabuf_works(Path::new("/")) {
        // SAFETY: no other thread exists yet that could read the environment meanwhile.
        #[allow(unsafe_code)]
        unsafe {
            env::set_var(NO_DMABUF, "1");
        }
    }
}

/// Whether WebKit may share buffers with a GPU: one can be opened, and it is not driven by NVIDIA's
/// own driver, with which WebKit before 2.48 shows an empty window.
fn dmabuf_works(root: &Path) -> bool {
    let nvidia = root.join("proc/driver/nvidia/version").exists();
    let Ok(devices) = fs::read_dir(root.join("dev/dri")) else {
        return false;
    };
    let usable = devices.filter_map(Result::ok).any(|device| {
        device.file_name().to_string_lossy().starts_with("renderD")
            && fs::OpenOptions::new()
                .read(true)
                .write(true)
                .open(device.path())
                .is_ok()
    });
    usable && !nvidia
}

/// `GANTRY_LOG`, else warnings.
pub(crate) fn log_filter() -> EnvFilter {
    EnvFilter::try_from_env("GANTRY_LOG").unwrap_or_else(|_| EnvFilter::new("warn"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_shared_only_with_a_gpu_that_can() {
        let root = tempfile::tempdir().expect("a folder");
        assert!(!dmabuf_works(root.path()), "no GPU");
        fs::create_dir_all(root.path().join("dev/dri")).expect("made");
        fs::write(root.path().join("dev/dri/renderD128"), "").expect("made");
        assert!(dmabuf_works(root.path()));
        fs::create_dir_all(root.path().join("proc/driver/nvidia")).expect("made");
        fs::write(root.path().join("proc/driver/nvidia/version"), "").expect("made");
        assert!(!dmabuf_works(root.path()), "NVIDIA");
    }
}

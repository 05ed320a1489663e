//! The way in: everything that must happen before the first thread.

use std::fs::File;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::Arc;

use gantry_network::Outlook;

use super::alias;
use super::cgroup::Cgroups;
use super::descriptors::Descriptors;
use super::lock::RootLock;
use super::rootless::{self, IdMapping};
use super::socket::BoundSocket;
use super::{EnterError, Facts, Paths, Warning};
use crate::config::Config;

/// What the command line and the environment say; `None` means the default.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The data root.
    pub root: Option<PathBuf>,
    /// The socket to serve.
    pub socket: Option<PathBuf>,
    /// The settings file.
    pub config: Option<PathBuf>,
}

/// A process that may run containers: it holds the root's lock and lives in the right namespaces.
#[derive(Debug)]
pub struct Host {
    pub(crate) paths: Paths,
    pub(crate) config: Config,
    pub(crate) facts: Facts,
    pub(crate) cgroups: Cgroups,
    /// Says that this engine lives.
    _groups: Vec<File>,
    pub(crate) descriptors: Descriptors,
    pub(crate) mapping: IdMapping,
    pub(crate) warnings: Vec<Warning>,
    /// Stays where this process was before it entered a user namespace.
    pub(crate) outlook: Option<Arc<Outlook>>,
    socket: BoundSocket,
    _lock: RootLock,
}

/// Makes this process an engine's: folders, lock, socket, namespaces, in this order.
///
/// Must be called before any thread is started; joining a user namespace fails otherwise.
pub fn enter(options: &Options) -> Result<Host, EnterError> {
    let paths = Paths::settle(options)?;
    let lock = RootLock::take(&paths.root)?;
    let config = Config::read(&paths.config)?;
    let socket = BoundSocket::open(&paths.socket)?;
    alias::give(&paths);
    let mut warnings = Vec::new();
    let root = rustix::process::geteuid().is_root();
    let mut groups = Vec::new();
    let cgroups = Cgroups::find(&paths, root, &mut warnings, &mut groups);
    let outlook = if root { None } else { look_out(&paths) };
    let mapping = rootless::enter_namespaces(&paths, &mut warnings)?;
    let facts = Facts::gather(mapping != IdMapping::Root);
    Ok(Host {
        paths,
        config,
        facts,
        cgroups,
        _groups: groups,
        descriptors: Descriptors::raise(),
        mapping,
        warnings,
        outlook,
        socket,
        _lock: lock,
    })
}

/// Without it, who has a port of the host is not always known.
fn look_out(paths: &Paths) -> Option<Arc<Outlook>> {
    let program = crate::shim::program().ok()?;
    let started = File::open(program).and_then(|binary| Outlook::start(binary, &paths.root));
    match started {
        Ok(outlook) => Some(Arc::new(outlook)),
        Err(error) => {
            tracing::warn!(%error, "nobody looks at the host");
            None
        }
    }
}

impl Host {
    /// The folders of this engine.
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// Begins to accept connections.
    pub(crate) fn listen(&self) -> std::io::Result<UnixListener> {
        self.socket.listen()
    }

    /// How long the engine stays without anybody needing it; `None` for ever.
    pub(crate) fn idle_exit(&self) -> Option<std::time::Duration> {
        /// With socket activation leaving costs nothing: the next client starts the engine again.
        const ACTIVATED_SECONDS: u64 = 60;
        let seconds = match self.config.idle_exit_seconds {
            Some(seconds) => seconds,
            None if self.socket.is_activated() => ACTIVATED_SECONDS,
            None => return None,
        };
        Some(std::time::Duration::from_secs(seconds))
    }

    /// Removes the socket file, so that clients see at once that nobody serves it.
    pub(crate) fn remove_socket(&self) {
        if let Some(path) = &self.socket.owned_path {
            // Nothing to do about a failure: the next engine replaces a stale socket anyway.
            let _ = std::fs::remove_file(path);
        }
    }
}

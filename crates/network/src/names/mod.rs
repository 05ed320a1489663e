//! Names: each container of a user network asks at 127.0.0.11, whose port 53 leads to sockets of
//! this process. Containers are found by their names, everything else is asked of the host's
//! resolvers, from the host's namespace.

mod directory;
mod message;
mod redirect;
mod server;
mod shares;
mod stream;

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;

use directory::Directory;
pub use server::Served;
use server::Server;

use crate::types::Sandbox;

/// All names, and who answers for them.
#[derive(Debug)]
pub struct Names {
    directory: Arc<Directory>,
    server: Server,
}

impl Names {
    pub fn start() -> io::Result<Self> {
        let directory = Arc::new(Directory::default());
        Ok(Self {
            server: Server::start(Arc::clone(&directory))?,
            directory,
        })
    }

    /// Takes in a container as it is now.
    pub fn put(&self, sandbox: &Sandbox) {
        self.directory.put(sandbox);
    }

    pub fn remove(&self, container: &str) {
        self.directory.remove(container);
    }

    /// Answers a container's questions for as long as the value is kept.
    pub fn serve(&self, container: &str, namespace: BorrowedFd<'_>) -> io::Result<Served> {
        let sockets: [OwnedFd; 2] = redirect::open(namespace)?;
        self.server.add(container, sockets)
    }
}

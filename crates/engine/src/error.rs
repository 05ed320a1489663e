//! What can go wrong, once: Docker's wording for scripts, a stable code and a next step for people.

mod advice;
mod kind;
mod registry;

use std::io;
use std::path::{Path, PathBuf};

use crate::network::Holder;
pub use kind::Status;

/// The result of every operation of the engine.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every failure of an engine operation.
///
/// [`std::fmt::Display`] gives the sentence that Docker's clients and scripts expect.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No container has that id, id prefix or name.
    #[error("No such container: {0}")]
    NoSuchContainer(String),
    /// Several ids start with the given prefix.
    #[error("multiple IDs found with provided prefix: {0}")]
    AmbiguousContainer(String),
    /// No image has that name, digest, id or id prefix.
    #[error("No such image: {0}")]
    NoSuchImage(String),
    /// Nothing here has the name that is to be pushed.
    #[error("An image does not exist locally with the tag: {0}")]
    NoSuchTag(String),
    /// Several image ids start with the given prefix.
    #[error("ambiguous image id prefix: {0}")]
    AmbiguousImage(String),
    /// An image has nothing at a path.
    #[error("No such file in the image: {0}")]
    NoSuchEntry(String),
    /// A container has nothing at a path.
    #[error("Could not find the file {path} in container {container}")]
    NoSuchPath {
        /// As the client wrote it.
        path: String,
        /// The container as the client named it.
        container: String,
    },
    /// Files would be written where nothing may be changed; the sentence is Docker's.
    #[error("{0}")]
    ReadOnlyPlace(&'static str),
    /// The root of a container that does not run cannot be mounted.
    #[error("the container's files cannot be reached: {0}")]
    FilesUnavailable(String),
    /// No volume has that name.
    #[error("get {0}: no such volume")]
    NoSuchVolume(String),
    /// A volume has the name already.
    #[error("a volume named {0} exists already")]
    VolumeExists(String),
    /// A container has the volume, or is about to.
    #[error("remove {name}: volume is in use - [{}]", users.join(", "))]
    VolumeInUse {
        /// The volume.
        name: String,
        /// The ids of the containers that mount it.
        users: Vec<String>,
    },
    /// No network has that name.
    #[error("network {0} not found")]
    NoSuchNetwork(String),
    /// A container that is started belongs to a network that is not there.
    #[error("failed to set up container networking: network {0} not found")]
    NetworkGone(String),
    /// No task has that id.
    #[error("No such task: {0}")]
    NoSuchTask(String),
    /// No process was created in a container under that id, or it ended long ago.
    #[error("No such exec instance: {0}")]
    NoSuchExec(String),
    /// The time to undo has passed, or nothing was removed under that token.
    #[error("No such undo: {0}")]
    NoSuchUndo(String),
    /// Another container carries the name.
    #[error(
        "Conflict. The container name \"/{name}\" is already in use by container \"{holder}\". You have to remove (or rename) that container to be able to reuse that name."
    )]
    NameInUse {
        /// The name that was asked for.
        name: String,
        /// The id of the container that has it.
        holder: String,
    },
    /// The name contains what a container name may not contain.
    #[error("Invalid container name ({0}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")]
    InvalidName(String),
    /// The operation does not fit the container's state.
    #[error("{message}")]
    WrongState {
        /// The stable code, e.g. `container-running`.
        code: &'static str,
        /// The sentence as Docker words it.
        message: String,
    },
    /// A container or a tag still needs the image.
    #[error("{message}")]
    ImageInUse {
        /// The image's id or name as the caller gave it.
        image: String,
        /// The id of the container that uses it, if one does.
        container: Option<String>,
        /// The sentence as Docker words it.
        message: String,
    },
    /// The image was made for another kind of computer.
    #[error(
        "image with reference {image} was found but does not match the specified platform: wanted {wanted}, actual: {actual}"
    )]
    PlatformMismatch {
        /// The image as the caller named it.
        image: String,
        /// The platform of this computer, or the one asked for.
        wanted: String,
        /// The platform that the image was made for.
        actual: String,
    },
    /// The image is here, but not for the platform that was asked for.
    #[error(
        "image with reference {image} was found but its platform ({actual}) does not match the specified platform ({wanted})"
    )]
    NotOfPlatform {
        /// The image as the caller named it.
        image: String,
        /// The platform asked for.
        wanted: String,
        /// The platform that the image was made for.
        actual: String,
    },
    /// A resource limit that this machine cannot enforce.
    #[error("{limit} cannot be enforced here: {why}")]
    LimitUnavailable {
        /// The option as the user knows it, e.g. `--memory`.
        limit: String,
        /// Why the kernel or the session does not allow it.
        why: String,
    },
    /// Somebody has the address that a container asks for.
    #[error(
        "failed to set up container networking: Address already in use: {address} on network {network}"
    )]
    AddressInUse {
        /// The address.
        address: std::net::IpAddr,
        /// The network's name.
        network: String,
        /// The container that has it; none where the network itself has it.
        holder: Option<String>,
    },
    /// The host's port that a container wants to publish is not free.
    #[error(
        "failed to set up container networking: driver failed programming external connectivity on endpoint {endpoint}: Bind for {address} failed: port is already allocated: {holder}"
    )]
    PortInUse {
        /// The container that wants it.
        endpoint: String,
        /// Address and port of the host.
        address: std::net::SocketAddr,
        /// What it carries.
        protocol: gantry_network::Protocol,
        /// Who has it.
        holder: Holder,
        /// The next one that is free.
        free: Option<u16>,
    },
    /// The kernel gives this port of the host to root only.
    #[error(
        "failed to set up container networking: cannot publish port {port}/{protocol}: ports below {first} are for root only here: publish a higher port, or allow it with `sudo sysctl net.ipv4.ip_unprivileged_port_start={port}`"
    )]
    PortForbidden {
        /// The port of the host.
        port: u16,
        /// What it carries.
        protocol: gantry_network::Protocol,
        /// The first port that everybody may take.
        first: u16,
    },
    /// A network of that name exists.
    #[error("network with name {0} already exists")]
    NetworkExists(String),
    /// A network is in a state that forbids the operation.
    #[error("{message}")]
    NetworkState {
        /// The stable code, e.g. `network-in-use`.
        code: &'static str,
        /// The sentence as Docker words it.
        message: String,
    },
    /// Something about a container's network did not work.
    #[error("failed to set up container networking: {0}")]
    Network(String),
    /// The process that keeps the networks cannot be started or ended.
    #[error("failed to set up container networking: the network keeper: {0}")]
    NetworkKeeper(String),
    /// An option that this engine does not offer.
    #[error("{option} is not supported: {why}")]
    Unsupported {
        /// The option as the user knows it.
        option: String,
        /// The reason, in a clause.
        why: String,
    },
    /// A value in the request is malformed.
    #[error("{0}")]
    Invalid(String),
    /// The container's first process could not be started.
    #[error("{0}")]
    StartFailed(Box<StartFailure>),
    /// The shim broke its protocol or went away in the middle of a request.
    #[error("supervisor of container {container}: {message}")]
    Supervisor {
        /// The container's id.
        container: String,
        /// What happened.
        message: String,
    },
    /// The shim lives and does not answer.
    #[error("supervisor of container {0} does not answer")]
    SupervisorSilent(String),
    /// SIGKILL does not end the container, although its supervisor is well.
    #[error("tried to kill container {0}, but did not receive an exit event")]
    DoesNotEnd(String),
    /// An archive or an image store operation failed.
    #[error(transparent)]
    Store(#[from] gantry_store::Error),
    /// A registry refused or failed.
    #[error(transparent)]
    Registry(gantry_registry::Error),
    /// A container's log could not be read.
    #[error(transparent)]
    Log(#[from] gantry_log::Error),
    /// The task was cancelled by its owner.
    #[error("the task was cancelled")]
    Cancelled,
    /// The engine is shutting down.
    #[error("the engine is shutting down")]
    ShuttingDown,
    /// The supervisor's program is nowhere to be found.
    #[error("gantry-shim was not found in: {0}")]
    ShimMissing(String),
    /// The seccomp policy could not be compiled or stored.
    #[error("seccomp: {0}")]
    Seccomp(String),
    /// A file would be written over that the caller did not mean to replace.
    #[error("{} already exists", .0.display())]
    FileExists(PathBuf),
    /// Reading or writing the engine's own files failed.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// What was attempted, e.g. `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file of the engine's own does not hold what it should.
    #[error("{} is damaged: {why}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Something that only a mistake in the engine can cause.
    #[error("internal error: {0}")]
    Internal(String),
}

/// A start that failed, with the exit code that `docker run` reports.
#[derive(Debug)]
pub struct StartFailure {
    /// 125 (engine), 126 (not executable) or 127 (no such command).
    pub exit_code: i32,
    /// The stable code, e.g. `command-not-found`.
    pub code: &'static str,
    /// The sentence as Docker words it.
    pub message: String,
}

impl std::fmt::Display for StartFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error {
    /// Names the file and the attempt that an I/O error belongs to.
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }

    /// A conflict with the container's state.
    pub(crate) fn state(code: &'static str, message: impl Into<String>) -> Self {
        Self::WrongState {
            code,
            message: message.into(),
        }
    }
}

/// What the store said on the way is the store's.
impl From<gantry_registry::Error> for Error {
    fn from(error: gantry_registry::Error) -> Self {
        match error {
            gantry_registry::Error::Cancelled => Self::Cancelled,
            gantry_registry::Error::Store(error) => Self::Store(error),
            error => Self::Registry(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_reads_as_docker_says_it_and_names_the_holder() {
        let error = Error::NameInUse {
            name: "web".into(),
            holder: "ab".repeat(32),
        };
        assert!(error.to_string().contains("is already in use by container"));
        assert_eq!(
            (error.code(), error.status()),
            ("name-in-use", Status::Conflict)
        );
        assert_eq!(error.facts()["name"], "web");
    }
}

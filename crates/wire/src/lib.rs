//! Request and response types of the Docker Engine API 1.51 and of /gantry/v1.
//!
//! Only shapes live here: serde types without behaviour that could fail. The engine takes and
//! returns them, the API writes them to the socket, the client reads them back, and `config.json`
//! of a container keeps them as its record of what was asked for.
//!
//! Promises of this crate:
//! - Keys are spelled as Docker spells them, and a key that Docker always sends is always sent.
//!   Where Docker's Go types write `null` for an empty list, so do these (the module `go`).
//! - `null` is read as the empty value everywhere, as Go does.
//! - Keys of a create body that this version does not know are kept in `extra` and written back,
//!   so that inspect echoes what the client sent.

mod config;
mod container;
mod error;
mod event;
mod exec;
pub mod gantry;
mod go;
mod host_config;
mod image;
mod inspect;
mod mount;
mod network;
mod path_stat;
mod progress;
mod query;
mod registry;
mod stats;
mod system;
mod time;
mod volume;

pub use config::{ContainerConfig, HealthConfig};
pub use container::{
    Change, ChangeKind, ContainerCreate, ContainerCreated, ContainerState, ContainerSummary,
    ContainerTop, ContainerUpdate, ContainerUpdated, ContainersPruned, IdResponse, Port,
    SummaryHostConfig, SummaryNetworkSettings, WaitError, WaitResponse,
};
pub use error::ErrorBody;
pub use event::{EventActor, EventMessage};
pub use exec::{ExecConfig, ExecInspect, ExecProcess, ExecStart};
pub use host_config::{
    DeviceMapping, DeviceRequest, HostConfig, LogConfig, PortBinding, PortMap, Resources,
    RestartPolicy, ThrottleDevice, Ulimit, WeightDevice,
};
pub use image::{
    HistoryItem, ImageConfig, ImageDeleteItem, ImageInspect, ImageMetadata, ImageSummary,
    ImagesPruned, RootFs,
};
pub use inspect::{ContainerInspect, GraphDriver, HealthLog, HealthState, NetworkSettings, State};
pub use mount::{BindOptions, DriverConfig, Mount, MountPoint, TmpfsOptions, VolumeOptions};
pub use network::{
    EndpointSettings, Ipam, IpamConfig, Network, NetworkConnect, NetworkContainer, NetworkCreate,
    NetworkCreated, NetworkDisconnect, NetworkingConfig, NetworksPruned,
};
pub use path_stat::PathStat;
pub use progress::{Progress, ProgressDetail, ProgressError};
pub use query::{StopOptions, WaitCondition};
pub use registry::{
    AuthAnswer, AuthConfig, DistributionDescriptor, DistributionInspect, DistributionPlatform,
    SearchResult,
};
pub use stats::{
    BlkioEntry, BlkioStats, ContainerStats, CpuStats, CpuUsage, MemoryStats, NetworkStats,
    PidsStats, StorageStats, ThrottlingData,
};
pub use system::{
    Commit, ComponentVersion, DiskUsage, PlatformName, Plugins, Runtime, SystemInfo, Version,
};
pub use time::{NEVER, Timestamp};
pub use volume::{BuildCacheRecord, Volume, VolumeCreate, VolumeList, VolumeUsage, VolumesPruned};

/// A JSON object whose keys are not known in advance.
pub type Object = serde_json::Map<String, serde_json::Value>;

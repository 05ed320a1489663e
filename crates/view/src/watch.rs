//! The whole state the window shows, kept fresh by the engine's own events.

use serde::{Deserialize, Serialize};

use crate::{Container, Engine, Image, Link, Network, Task, Volume, call::subscribe};

/// Subscribes to everything: first a snapshot, then what changes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Watch {}
subscribe!(Watch, "watch", WatchItem);

/// A part of the stream. After `Link(Ready)` a snapshot always follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchItem {
    Link(Link),
    Snapshot(Snapshot),
    Container(Container),
    ContainerRemoved(String),
    Image(Image),
    ImageRemoved(String),
    Volume(Volume),
    VolumeRemoved(String),
    Network(Network),
    NetworkRemoved(String),
    Task(Task),
    TaskRemoved(String),
    Engine(Engine),
}

/// Everything at one revision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub revision: u64,
    pub engine: Engine,
    pub containers: Vec<Container>,
    pub images: Vec<Image>,
    pub volumes: Vec<Volume>,
    pub networks: Vec<Network>,
    pub tasks: Vec<Task>,
}

//! The part of a container that is independent of its host: what an image config holds too.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Object;
use crate::go;

/// What runs in a container: Docker's `container.Config`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ContainerConfig {
    #[serde(deserialize_with = "go::null")]
    pub hostname: String,
    #[serde(deserialize_with = "go::null")]
    pub domainname: String,
    /// `user`, `uid`, `user:group` and so on, looked up inside the container's root.
    #[serde(deserialize_with = "go::null")]
    pub user: String,
    #[serde(deserialize_with = "go::null")]
    pub attach_stdin: bool,
    #[serde(deserialize_with = "go::null")]
    pub attach_stdout: bool,
    #[serde(deserialize_with = "go::null")]
    pub attach_stderr: bool,
    /// Such as `80/tcp`.
    #[serde(with = "go::set", skip_serializing_if = "go::is_zero")]
    pub exposed_ports: BTreeSet<String>,
    #[serde(deserialize_with = "go::null")]
    pub tty: bool,
    #[serde(deserialize_with = "go::null")]
    pub open_stdin: bool,
    /// Stdin is closed when the first attached client leaves.
    #[serde(deserialize_with = "go::null")]
    pub stdin_once: bool,
    /// `KEY=value`; `KEY` alone removes the image's variable.
    #[serde(with = "go::nullable")]
    pub env: Vec<String>,
    #[serde(with = "go::nullable")]
    pub cmd: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<HealthConfig>,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub args_escaped: bool,
    /// The image as the client named it.
    #[serde(deserialize_with = "go::null")]
    pub image: String,
    /// Paths inside the container that want an anonymous volume.
    #[serde(with = "go::set")]
    pub volumes: BTreeSet<String>,
    #[serde(deserialize_with = "go::null")]
    pub working_dir: String,
    /// `[""]` clears the image's entrypoint, an empty list keeps it.
    #[serde(with = "go::nullable")]
    pub entrypoint: Vec<String>,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub network_disabled: bool,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub mac_address: String,
    #[serde(with = "go::nullable")]
    pub on_build: Vec<String>,
    #[serde(deserialize_with = "go::null")]
    pub labels: BTreeMap<String, String>,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub stop_signal: String,
    /// Seconds between the stop signal and SIGKILL; negative waits for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_timeout: Option<i64>,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub shell: Vec<String>,
    /// Keys that this version does not know, kept as they came.
    #[serde(flatten)]
    pub extra: Object,
}

/// How a container's health is probed; durations in nanoseconds, zero inherits.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct HealthConfig {
    /// `["NONE"]`, `["CMD", args…]` or `["CMD-SHELL", command]`; empty inherits.
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub test: Vec<String>,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub interval: i64,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub timeout: i64,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub start_period: i64,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub start_interval: i64,
    #[serde(deserialize_with = "go::null", skip_serializing_if = "go::is_zero")]
    pub retries: i64,
    #[serde(flatten)]
    pub extra: Object,
}

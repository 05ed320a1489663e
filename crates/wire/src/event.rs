//! `GET /events`: what happened, as Docker tells it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::go;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventMessage {
    /// The action again, for clients older than API 1.22; containers and images only.
    #[serde(skip_serializing_if = "go::is_zero")]
    pub status: String,
    #[serde(skip_serializing_if = "go::is_zero")]
    pub id: String,
    /// The container's image, for the same clients.
    #[serde(skip_serializing_if = "go::is_zero")]
    pub from: String,
    /// `container`, `image`, `network`, `volume` or `daemon`.
    #[serde(rename = "Type")]
    pub kind: String,
    #[serde(rename = "Action")]
    pub action: String,
    #[serde(rename = "Actor")]
    pub actor: EventActor,
    /// `local` always.
    pub scope: String,
    /// Seconds since 1970.
    pub time: i64,
    /// Nanoseconds since 1970.
    #[serde(rename = "timeNano")]
    pub time_nano: i64,
}

/// Whom an event is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventActor {
    #[serde(rename = "ID")]
    pub id: String,
    /// `name`, `image`, `exitCode`, `signal` and every label.
    #[serde(rename = "Attributes", deserialize_with = "go::null")]
    pub attributes: BTreeMap<String, String>,
}

//! Registries: how images come from them and go to them.
//!
//! # How a request travels
//!
//! ```text
//!  Registries ── where is it? ──► endpoint   mirrors first, then the registry itself
//!      │                              │
//!      └─ pull ─► Repository ◄────────┘      one repository at one endpoint
//!                     │ exchange             signs, follows, tries again
//!                     ├─ auth                answers a challenge, keeps the token
//!                     └─ transport           one client per host: certificates, time limits
//! ```
//!
//! # What it promises
//!
//! - Credentials go to the registry they were given for and to the place it names for tokens, over a
//!   connection no worse than the registry's own; never to a mirror and never along a redirect.
//! - A registry on the network cannot send us to a service of this computer.
//! - Nothing of an answer is believed: documents are bounded and parsed, bytes are counted against
//!   what was announced, and the digest decides.
//! - What is transient is tried again, with growing pauses, as the registry asks for; a download
//!   goes on where it was.
#![forbid(unsafe_code)]

mod answer;
mod auth;
mod blob;
mod challenge;
mod content;
mod credentials;
mod endpoint;
mod error;
mod exchange;
mod guard;
mod hub;
mod link;
mod login;
mod look;
mod manifest;
mod pace;
mod pull;
mod push;
mod retry;
mod search;
mod settings;
mod tags;
mod transport;
mod upload;

pub use credentials::Credentials;
pub use error::{Error, Result};
pub use look::{Described, Looked};
pub use pull::{PullRequest, Pulled, Watcher};
pub use push::{PushRequest, PushState, PushWatcher};
pub use search::{Find, Finds, SearchRequest};
pub use settings::{HostSettings, Settings};
pub use tags::{Tag, TagCursor, TagPage, TagsRequest};
pub use transport::Registries;

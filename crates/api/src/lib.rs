//! HTTP in front of the engine: the Docker Engine API and /gantry/v1.
//!
//! [`serve`] accepts connections and gives each a task of its own, so that a slow or broken client
//! hurts only itself. A connection is driven by hyper until it ends or until a handler wishes to
//! hijack it (attach); then the socket and whatever was read of it go to the engine.
//!
//! A request becomes a [`request::Call`], [`route`] finds the handler by method and path, and the
//! handler translates: query and body into the engine's words, the engine's answer into Docker's.
//! No decision about containers or images is made here.
//!
//! What this crate promises:
//! - With and without a version prefix, 1.24 to 1.51, as Docker's documentation says.
//! - Every error is `{"message": …}` in Docker's words, with a structured part for our own clients.
//! - Streams have back-pressure in both directions, and end when their client leaves.

mod body;
mod connection;
mod containers;
mod credentials;
mod error;
mod events;
mod exec;
mod explore;
mod gantry;
mod hijack;
mod images;
mod logs;
mod networks;
mod peer;
mod query;
mod reception;
mod request;
mod response;
mod route;
mod server;
mod socket;
mod system;
mod version;
mod volumes;

pub use server::serve;
pub use version::{API_VERSION, MIN_API_VERSION};

//! The engine itself: alive, version, info, disk usage, events.

use gantry_wire::{DiskUsage, EventMessage, SystemInfo, Version};
use hyper::Method;

use crate::path::Target;
use crate::transport::Content;
use crate::{Client, Filters, Lines, Result};

impl Client {
    /// Returns if the engine answers.
    pub async fn ping(&self) -> Result<()> {
        self.command(Method::GET, Target::new(&["_ping"])).await?;
        Ok(())
    }

    /// Its version.
    pub async fn version(&self) -> Result<Version> {
        self.get(Target::new(&["version"])).await
    }

    /// What it is and what it found on this computer.
    pub async fn info(&self) -> Result<SystemInfo> {
        self.get(Target::new(&["info"])).await
    }

    /// What takes room.
    pub async fn disk_usage(&self) -> Result<DiskUsage> {
        self.get(Target::new(&["system", "df"])).await
    }

    /// What happens, from and to times that the engine parses (`seconds.nanoseconds`).
    pub async fn events(
        &self,
        since: Option<&str>,
        until: Option<&str>,
        filters: &Filters,
    ) -> Result<Lines<EventMessage>> {
        let target = Target::new(&["events"])
            .with_some("since", since)
            .with_some("until", until)
            .with_filters(filters);
        self.lines(Method::GET, target, Content::None).await
    }
}

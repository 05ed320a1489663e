//! A container's way into its networks before it starts, and out of them when it has ended.

use std::path::PathBuf;

use super::Owner;
use crate::Result;
use crate::core::with_core;
use crate::network::Place;

impl Owner {
    /// Takes addresses, writes them down and has the network made. Returns the namespace that the
    /// container joins; `None` for one that has none of ours.
    pub(super) async fn wire(&mut self) -> Result<Option<PathBuf>> {
        let view = self.now();
        let reserved = with_core(&self.core, move |core| core.networks.reserve(&view)).await?;
        let Some(reserved) = reserved else {
            return Ok(None);
        };
        self.change(|view| view.place = reserved.place.clone());
        // Before anything is made: an engine that takes over knows what to look for.
        let (view, path) = (self.now(), self.folder.config());
        crate::core::blocking(move || view.save(&path)).await?;
        let core = std::sync::Arc::clone(&self.core);
        let _open = core.networks.gate.read().await;
        let view = self.now();
        let prepared = core.networks.prepare(&core.registry, &view, &view.place);
        let (namespace, ports) = prepared.await?;
        self.change(|view| view.place.ports = ports);
        Ok(Some(namespace))
    }

    /// Gives everything back. The record is the caller's to write.
    pub(super) async fn unwire(&mut self) {
        let view = self.now();
        if view.place.is_empty() {
            return;
        }
        self.core.networks.release(&view).await;
        self.change(|view| view.place = Place::default());
    }
}

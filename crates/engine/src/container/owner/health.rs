//! What the supervisor finds out about the container's health.

use gantry_shim::Health;

use super::Owner;
use crate::container::health;
use crate::core::blocking;

impl Owner {
    /// A check began: Docker's events of a process that was made and started.
    pub(super) fn probing(&mut self) {
        let id = hex::encode(rand::random::<[u8; 32]>());
        let plan = health::plan(&self.now().definition.config);
        let command = plan.map(|plan| plan.test.join(" ")).unwrap_or_default();
        for action in ["exec_create", "exec_start"] {
            self.event(&format!("{action}: {command}"), &[("execID", id.clone())]);
        }
        self.probe = Some(id);
    }

    /// A check is over, or several were while no engine was there.
    pub(super) async fn probed(&mut self) {
        let folder = self.folder.clone();
        let found = blocking(move || Ok(Health::read(folder.path()).ok().flatten())).await;
        let Ok(Some(found)) = found else { return };
        if let (Some(id), Some(last)) = (self.probe.take(), found.log.last()) {
            let code = ("exitCode", last.code.to_string());
            self.event("exec_die", &[("execID", id), code]);
        }
        let status = found.status;
        let before = self.now().state.health.as_ref().map(|known| known.status);
        self.change(|view| view.state.health = Some(found));
        if before != Some(status) {
            self.event(&format!("health_status: {}", status.as_str()), &[]);
            self.save_or_log().await;
        }
    }
}

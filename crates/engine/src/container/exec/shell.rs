//! Which shell a running container has for who wants to look around in it.

use gantry_runtime::find_shell;
use gantry_wire::gantry::Shell;

use super::{may_exec, not_running};
use crate::container::Containers;
use crate::container::spec::process::environment;
use crate::core::blocking;
use crate::{Error, Result};

impl Containers {
    /// Finds it by looking; nothing of the container is executed.
    pub(crate) async fn shell(&self, container: &str) -> Result<Shell> {
        let view = self.find(container)?.now();
        may_exec(&view)?;
        let first = view.state.process.clone();
        let first = first.ok_or_else(|| not_running(&view))?;
        blocking(move || {
            let config = &view.definition.config;
            let environment = environment(config, true, &[]);
            let mut values = environment.iter();
            let search = values.find_map(|variable| variable.strip_prefix("PATH="));
            let found = find_shell(&first, &config.user, search.unwrap_or_default());
            match found {
                Ok(path) => Ok(Shell { path }),
                Err(_) if !first.is_alive() => Err(not_running(&view)),
                Err(error) => {
                    let root = format!("/proc/{}/root", first.pid);
                    Err(Error::io("look for a shell in", root.as_ref())(error))
                }
            }
        })
        .await
    }
}

//! The first process: arguments, environment, directory, rights.

use gantry_wire::ContainerConfig;
use oci_spec::runtime::{Process, ProcessBuilder};

use super::capabilities::{self, Set};
use super::security::Security;
use super::{made, rlimits};
use crate::Result;
use crate::container::record::Definition;

/// What Docker puts into an environment that has no PATH.
const PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

pub(super) fn of(definition: &Definition, security: &Security, own: &Set) -> Result<Process> {
    let config = &definition.config;
    let mut args = vec![definition.path.clone()];
    args.extend_from_slice(&definition.args);
    let cwd = if config.working_dir.is_empty() {
        "/"
    } else {
        config.working_dir.as_str()
    };
    let given = capabilities::of(&definition.host_config)?;
    let mut process = ProcessBuilder::default()
        .terminal(config.tty)
        .args(args)
        .env(environment(config, config.tty, &[]))
        .cwd(cwd)
        .capabilities(capabilities::sets(&given, own)?)
        .rlimits(rlimits::of(&definition.host_config.resources)?)
        .no_new_privileges(security.no_new_privileges);
    let score = definition.host_config.oom_score_adj;
    if score != 0 {
        process = process.oom_score_adj(score as i32);
    }
    if let Some(profile) = &security.apparmor {
        process = process.apparmor_profile(profile.clone());
    }
    made(process.build())
}

/// Docker's own variables first; the request's replace those of the same name in place. A name
/// without a value takes the variable away.
pub(crate) fn environment(
    config: &ContainerConfig,
    terminal: bool,
    further: &[String],
) -> Vec<String> {
    let mut environment = vec![PATH.to_owned(), format!("HOSTNAME={}", config.hostname)];
    if terminal {
        environment.push("TERM=xterm".to_owned());
    }
    for variable in config.env.iter().chain(further) {
        let key = variable.split('=').next().unwrap_or_default();
        let same = |known: &String| known.split('=').next() == Some(key);
        match (environment.iter().position(same), variable.contains('=')) {
            (Some(at), true) => environment[at].clone_from(variable),
            (Some(at), false) => {
                environment.remove(at);
            }
            (None, true) => environment.push(variable.clone()),
            (None, false) => {}
        }
    }
    environment
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::container::record::tests::view;

    #[test]
    fn the_request_replaces_and_removes_variables() {
        let mut definition = Arc::unwrap_or_clone(view().definition);
        definition.config.hostname = "h".into();
        definition.config.env = ["PATH=/x", "A=1=2", "HOSTNAME", "B="]
            .map(str::to_owned)
            .to_vec();
        let config = &definition.config;
        assert_eq!(environment(config, false, &[]), ["PATH=/x", "A=1=2", "B="]);
        let further = ["A=3".to_owned(), "B".to_owned()];
        let expected = ["PATH=/x", "TERM=xterm", "A=3"];
        assert_eq!(environment(config, true, &further), expected);
    }
}

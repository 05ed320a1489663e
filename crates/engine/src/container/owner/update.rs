//! Other limits and another restart policy, at once where the container runs.

use std::sync::Arc;

use gantry_runtime::{Bundle, Cgroup, CgroupPlan};
use gantry_wire::{ContainerState, ContainerUpdate, ContainerUpdated, HostConfig, Resources};

use super::Owner;
use crate::container::create;
use crate::container::folder::Folder;
use crate::container::record::Definition;
use crate::container::spec::resources;
use crate::core::with_core;
use crate::{Error, Result};

impl Owner {
    pub(super) async fn update(&mut self, change: ContainerUpdate) -> Result<ContainerUpdated> {
        let view = self.now();
        if matches!(
            view.state.status,
            ContainerState::Removing | ContainerState::Dead
        ) {
            let id = view.id();
            let message = format!(
                "Cannot update container {id}: Container is marked for removal and cannot be \"update\"."
            );
            return Err(Error::state("container-dead", message));
        }
        let mut definition = Definition::clone(&view.definition);
        merge(&mut definition.host_config, &change).map_err(|error| {
            conflict(&format!("Cannot update container {}: {error}", view.id()))
        })?;
        create::check_lifetime(&definition.host_config)?;
        let definition = Arc::new(definition);
        let (folder, limited) = (
            self.folder.clone(),
            change.resources != Resources::default(),
        );
        let at_once = limited && view.state.is_up();
        let checked = with_core(&self.core, {
            let definition = Arc::clone(&definition);
            move |core| {
                let host = &core.host;
                let wish = &definition.host_config.resources;
                let warnings = create::check_limits(wish, &host.cgroups, host.facts.cpus)?;
                if at_once {
                    apply(&definition, &folder)?;
                }
                Ok(warnings)
            }
        });
        let warnings = checked.await?;
        self.change(|view| view.definition = definition);
        self.save().await?;
        self.event("update", &[]);
        Ok(ContainerUpdated { warnings })
    }
}

/// What is not said stays as it is, as with Docker.
fn merge(host: &mut HostConfig, change: &ContainerUpdate) -> Result<()> {
    let (wish, now) = (&change.resources, &mut host.resources);
    refuse_contradictions(wish, now)?;
    if now.memory > 0 && now.memory_swap == 0 {
        // What it has: it does not grow with the memory.
        now.memory_swap = now.memory.saturating_mul(2);
    }
    for (new, old) in [
        (wish.cpu_shares, &mut now.cpu_shares),
        (wish.nano_cpus, &mut now.nano_cpus),
        (wish.cpu_period, &mut now.cpu_period),
        (wish.cpu_quota, &mut now.cpu_quota),
        (wish.memory, &mut now.memory),
        (wish.memory_swap, &mut now.memory_swap),
        (wish.memory_reservation, &mut now.memory_reservation),
    ] {
        if new != 0 {
            *old = new;
        }
    }
    if wish.blkio_weight != 0 {
        now.blkio_weight = wish.blkio_weight;
    }
    for (new, old) in [
        (&wish.cpuset_cpus, &mut now.cpuset_cpus),
        (&wish.cpuset_mems, &mut now.cpuset_mems),
    ] {
        if !new.is_empty() {
            old.clone_from(new);
        }
    }
    if wish.pids_limit.is_some() {
        now.pids_limit = wish.pids_limit;
    }
    let policy = &change.restart_policy;
    if !policy.name.is_empty() {
        if host.auto_remove && policy.name != "no" {
            let message =
                "Restart policy cannot be updated because AutoRemove is enabled for the container";
            return Err(conflict(message));
        }
        host.restart_policy = policy.clone();
    }
    Ok(())
}

fn refuse_contradictions(wish: &Resources, now: &Resources) -> Result<()> {
    for (new, old, message) in [
        (
            wish.nano_cpus,
            now.cpu_period,
            "Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set",
        ),
        (
            wish.nano_cpus,
            now.cpu_quota,
            "Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set",
        ),
        (
            wish.cpu_period,
            now.nano_cpus,
            "Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set",
        ),
        (
            wish.cpu_quota,
            now.nano_cpus,
            "Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set",
        ),
    ] {
        if new > 0 && old > 0 {
            return Err(conflict(message));
        }
    }
    let both = match now.memory_swap {
        0 => now.memory.saturating_mul(2),
        given => given,
    };
    if wish.memory_swap == 0 && both > 0 && wish.memory > both {
        return Err(conflict(
            "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time",
        ));
    }
    Ok(())
}

fn conflict(message: &str) -> Error {
    Error::state("container-state", message)
}

/// Sets the limits on the groups that the container is in. What its start left out cannot be had
/// before its next start.
fn apply(definition: &Definition, folder: &Folder) -> Result<()> {
    let path = folder.bundle();
    let bundle = Bundle::read(&path).map_err(|failure| Error::Damaged {
        path,
        why: failure.to_string(),
    })?;
    if let CgroupPlan::V1 { controllers, .. } = &bundle.cgroup {
        let wanted = create::wanted(&definition.host_config.resources);
        let mut missing = wanted.into_iter();
        let missing =
            missing.find(|(controller, _)| !controllers.contains_key(controller.v1_name()));
        if let Some((controller, option)) = missing {
            let name = controller.v1_name();
            return Err(Error::LimitUnavailable {
                limit: option.to_owned(),
                why: format!(
                    "the container was started without the {name} control group and can have it after its next start: stop it, update it and start it again"
                ),
            });
        }
    }
    let limits = resources::of(definition, false)?;
    let group = Cgroup::of_running(&bundle.cgroup);
    group
        .update(&limits)
        .map_err(|failure| Error::LimitUnavailable {
            limit: failure.detail.clone(),
            why: failure.to_string(),
        })
}

#[cfg(test)]
mod tests {
    use gantry_wire::RestartPolicy;

    use super::*;

    fn limited() -> HostConfig {
        HostConfig {
            resources: Resources {
                memory: 64 << 20,
                pids_limit: Some(10),
                ..Resources::default()
            },
            ..HostConfig::default()
        }
    }

    fn change(set: impl FnOnce(&mut ContainerUpdate)) -> ContainerUpdate {
        let mut change = ContainerUpdate::default();
        set(&mut change);
        change
    }

    #[test]
    fn what_is_not_said_stays_as_it_is() {
        let mut host = limited();
        let change = change(|it| {
            it.resources.nano_cpus = 500_000_000;
            it.restart_policy.name = "always".to_owned();
        });
        merge(&mut host, &change).unwrap();
        let resources = &host.resources;
        assert_eq!(
            (resources.memory, resources.pids_limit),
            (64 << 20, Some(10))
        );
        assert_eq!(resources.nano_cpus, 500_000_000);
        assert_eq!(host.restart_policy.name, "always");
    }

    #[test]
    fn memory_grows_up_to_what_it_has_with_swap() {
        let memory = |bytes| change(|it| it.resources.memory = bytes);
        let mut host = limited();
        merge(&mut host, &memory(128 << 20)).unwrap();
        assert_eq!(host.resources.memory_swap, 128 << 20);
        assert!(merge(&mut host, &memory(129 << 20)).is_err());
    }

    #[test]
    fn a_container_that_is_removed_at_its_end_is_not_restarted() {
        let mut host = limited();
        host.auto_remove = true;
        let policy = |name: &str| {
            change(|it| {
                it.restart_policy = RestartPolicy {
                    name: name.to_owned(),
                    ..RestartPolicy::default()
                };
            })
        };
        assert!(merge(&mut host, &policy("always")).is_err());
        merge(&mut host, &policy("no")).unwrap();
    }
}

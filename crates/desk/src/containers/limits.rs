//! What a container that is there may use, read and changed as `docker update` does it.

use gantry_view::{ChangeLimits, Failure, Limits, LimitsChanged, ReadLimits};
use gantry_wire::{ContainerUpdate, HostConfig, Resources};

use super::{command::cpus, like, options::bytes};
use crate::{Desk, failure::failure};

/// Microseconds of a period where none was asked for.
const PERIOD: i64 = 100_000;

pub(crate) async fn read(desk: &Desk, request: ReadLimits) -> Result<Limits, Failure> {
    let client = desk.link().client().await?;
    let container = client.inspect_container(&request.id, false).await;
    Ok(limits(&container.map_err(failure)?.host_config))
}

pub(crate) async fn change(desk: &Desk, request: ChangeLimits) -> Result<LimitsChanged, Failure> {
    let client = desk.link().client().await?;
    let container = client.inspect_container(&request.id, false).await;
    let container = container.map_err(failure)?;
    let update = update(&request, &container.host_config);
    let updated = client.update(&request.id, &update).await.map_err(failure)?;
    Ok(LimitsChanged {
        command: command(&update, container.name.trim_start_matches('/')),
        warnings: updated.warnings,
    })
}

fn limits(host: &HostConfig) -> Limits {
    let resources = &host.resources;
    let positive = |value: i64| u64::try_from(value).unwrap_or_default();
    Limits {
        memory_bytes: positive(resources.memory),
        cpu_millis: match period(resources) {
            None => like::cpu_millis(positive(resources.nano_cpus)),
            Some(period) => positive(resources.cpu_quota.saturating_mul(1000) / period),
        },
        pids: resources.pids_limit.map_or(0, positive),
        restart: like::policy(&host.restart_policy),
        auto_remove: host.auto_remove,
    }
}

/// The period of a container whose processors were limited by period and quota: Docker goes on in
/// the way that was chosen first.
fn period(resources: &Resources) -> Option<i64> {
    match (resources.cpu_period, resources.cpu_quota) {
        (1.., _) => Some(resources.cpu_period),
        (_, 1..) => Some(PERIOD),
        _ => None,
    }
}

fn update(request: &ChangeLimits, host: &HostConfig) -> ContainerUpdate {
    let known = &host.resources;
    let whole = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let mut resources = Resources::default();
    if let Some(memory) = request.memory_bytes.map(whole) {
        resources.memory = memory;
        resources.memory_swap = swap(memory, known);
    }
    if let Some(millis) = request.cpu_millis.map(whole) {
        match period(known) {
            None => resources.nano_cpus = millis.saturating_mul(1_000_000),
            Some(period) => resources.cpu_quota = millis.saturating_mul(period) / 1000,
        }
    }
    resources.pids_limit = request.pids.map(|pids| match pids {
        0 => -1,
        pids => whole(pids),
    });
    ContainerUpdate {
        resources,
        restart_policy: request.restart.map(like::wire_policy).unwrap_or_default(),
    }
}

/// Memory and swap together, which Docker wants to be told of with the memory: what lies beside the
/// memory stays, and where that was as much again, as it is without a word, it grows along.
fn swap(memory: i64, known: &Resources) -> i64 {
    let before = known.memory;
    match known.memory_swap {
        -1 => -1,
        both if before > 0 && both >= before && both != before.saturating_mul(2) => {
            memory.saturating_add(both - before)
        }
        _ => memory.saturating_mul(2),
    }
}

fn command(update: &ContainerUpdate, name: &str) -> Vec<String> {
    let resources = &update.resources;
    let mut words = vec!["update".to_owned()];
    let mut option = |name: &str, value: Option<String>| {
        words.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]));
    };
    let given = |value: i64| Some(value).filter(|value| *value != 0);
    option("--memory", given(resources.memory).map(bytes));
    option(
        "--memory-swap",
        given(resources.memory_swap).map(|both| match both {
            -1 => "-1".to_owned(),
            both => bytes(both),
        }),
    );
    option("--cpus", given(resources.nano_cpus).map(cpus));
    let quota = given(resources.cpu_quota);
    option("--cpu-quota", quota.map(|quota| quota.to_string()));
    let pids = resources.pids_limit;
    option("--pids-limit", pids.map(|pids| pids.to_string()));
    let policy = Some(&update.restart_policy).filter(|policy| !policy.name.is_empty());
    option(
        "--restart",
        policy.map(|policy| like::policy(policy).word()),
    );
    words.push(name.to_owned());
    words
}

#[cfg(test)]
mod tests {
    use gantry_view::RestartPolicy;

    use super::*;

    const MIB: i64 = 1 << 20;

    fn host(set: impl FnOnce(&mut Resources)) -> HostConfig {
        let mut host = HostConfig::default();
        set(&mut host.resources);
        host
    }

    #[test]
    fn swap_stays_beside_the_memory() {
        let swapped = |memory, memory_swap| {
            let host = host(|it| (it.memory, it.memory_swap) = (memory * MIB, memory_swap * MIB));
            swap(100 * MIB, &host.resources) / MIB
        };
        assert_eq!(swapped(0, 0), 200);
        assert_eq!((swapped(64, 0), swapped(64, 128)), (200, 200));
        assert_eq!((swapped(64, 64), swapped(64, 80)), (100, 116));
        let free = host(|it| (it.memory, it.memory_swap) = (64 * MIB, -1));
        assert_eq!(swap(100 * MIB, &free.resources), -1);
    }

    #[test]
    fn only_what_is_changed_is_said() {
        let request = ChangeLimits {
            memory_bytes: Some(256 << 20),
            pids: Some(0),
            restart: Some(RestartPolicy::OnFailure(3)),
            ..ChangeLimits::default()
        };
        let update = update(&request, &host(|it| it.memory = 64 * MIB));
        assert_eq!(update.resources.nano_cpus, 0);
        assert_eq!(
            command(&update, "web").join(" "),
            "update --memory 256m --memory-swap 512m --pids-limit -1 --restart on-failure:3 web"
        );
    }

    #[test]
    fn a_quota_stays_a_quota() {
        let host = host(|it| (it.cpu_period, it.cpu_quota) = (50_000, 25_000));
        assert_eq!(limits(&host).cpu_millis, 500);
        let request = ChangeLimits {
            cpu_millis: Some(1500),
            ..ChangeLimits::default()
        };
        let update = update(&request, &host);
        assert_eq!(
            command(&update, "web"),
            ["update", "--cpu-quota", "75000", "web"]
        );
    }
}

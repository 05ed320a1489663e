//! The engine about itself: `info`, `version`, disk usage.

use gantry_wire as wire;
use gantry_wire::gantry::{self, Failure};
use gantry_wire::{ContainerState, Timestamp};

use crate::core::Core;
use crate::host::cgroup::{Cgroups, Controller};

/// The version of Docker's API that is spoken.
const API_VERSION: &str = "1.51";
const MIN_API_VERSION: &str = "1.24";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The answer to `GET /version`.
pub(crate) fn version(core: &Core) -> wire::Version {
    let facts = &core.host.facts;
    let details = [
        ("ApiVersion", API_VERSION),
        ("MinAPIVersion", MIN_API_VERSION),
        ("Os", "linux"),
        ("Arch", facts.architecture()),
        ("KernelVersion", &facts.kernel),
    ];
    let engine = wire::ComponentVersion {
        name: "Engine".to_owned(),
        version: VERSION.to_owned(),
        details: details
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
    };
    wire::Version {
        platform: wire::PlatformName {
            name: "Gantry".to_owned(),
        },
        components: vec![engine],
        version: VERSION.to_owned(),
        api_version: API_VERSION.to_owned(),
        min_api_version: MIN_API_VERSION.to_owned(),
        os: "linux".to_owned(),
        arch: facts.architecture().to_owned(),
        kernel_version: facts.kernel.clone(),
        ..wire::Version::default()
    }
}

/// The answer to `GET /info`.
pub(crate) fn info(core: &Core, images: usize) -> wire::SystemInfo {
    let (facts, groups) = (&core.host.facts, &core.host.cgroups);
    let views = core.registry.views();
    let count = |states: &[ContainerState]| {
        views
            .iter()
            .filter(|view| states.contains(&view.state.status))
            .count() as i64
    };
    let (running, paused) = (
        count(&[ContainerState::Running]),
        count(&[ContainerState::Paused]),
    );
    let memory = groups.has(Controller::Memory);
    let cpu = groups.has(Controller::Cpu);
    wire::SystemInfo {
        id: facts.boot_id.clone(),
        containers: views.len() as i64,
        containers_running: running,
        containers_paused: paused,
        containers_stopped: views.len() as i64 - running - paused,
        images: images as i64,
        driver: "overlay2".to_owned(),
        driver_status: vec![
            ["Supports d_type".to_owned(), "true".to_owned()],
            ["userxattr".to_owned(), facts.rootless.to_string()],
        ],
        plugins: wire::Plugins {
            volume: vec!["local".to_owned()],
            network: ["bridge", "host", "null"].map(str::to_owned).into(),
            log: vec![
                "json-file".to_owned(),
                "local".to_owned(),
                "none".to_owned(),
            ],
            ..wire::Plugins::default()
        },
        memory_limit: memory,
        swap_limit: memory,
        cpu_cfs_period: cpu,
        cpu_cfs_quota: cpu,
        cpu_shares: cpu,
        cpu_set: groups.has(Controller::Cpuset),
        pids_limit: groups.has(Controller::Pids),
        n_fd: std::fs::read_dir("/proc/self/fd").map_or(0, |fds| fds.count() as i64),
        system_time: Timestamp::now().to_string(),
        logging_driver: "json-file".to_owned(),
        cgroup_driver: if groups == &Cgroups::None {
            "none"
        } else {
            "cgroupfs"
        }
        .to_owned(),
        // The keeper sees to it with the first network; clients warn of a host that does not.
        ipv4_forwarding: true,
        cgroup_version: groups.version().to_owned(),
        kernel_version: facts.kernel.clone(),
        operating_system: facts.operating_system.clone(),
        os_version: facts.os_version.clone(),
        os_type: "linux".to_owned(),
        architecture: facts.machine.clone(),
        index_server_address: "https://index.docker.io/v1/".to_owned(),
        n_cpu: i64::from(facts.cpus),
        mem_total: facts.memory as i64,
        docker_root_dir: core.host.paths().root.display().to_string(),
        name: facts.hostname.clone(),
        server_version: VERSION.to_owned(),
        runtimes: [(
            "gantry".to_owned(),
            wire::Runtime {
                path: "gantry-shim".to_owned(),
            },
        )]
        .into(),
        default_runtime: "gantry".to_owned(),
        swarm: [("LocalNodeState".to_owned(), "inactive".into())]
            .into_iter()
            .collect(),
        live_restore_enabled: true,
        security_options: security_options(facts.rootless, groups),
        warnings: warnings(core)
            .into_iter()
            .map(|warning| format!("WARNING: {}", warning.what))
            .collect(),
        ..wire::SystemInfo::default()
    }
}

fn security_options(rootless: bool, groups: &Cgroups) -> Vec<String> {
    let mut options = vec!["name=seccomp,profile=builtin".to_owned()];
    if matches!(groups, Cgroups::V2 { .. }) {
        options.push("name=cgroupns".to_owned());
    }
    if rootless {
        options.push("name=rootless".to_owned());
    }
    options
}

/// The engine as a window shows it.
pub(crate) fn engine(core: &Core, used: Option<u64>) -> gantry::Engine {
    let (facts, paths) = (&core.host.facts, core.host.paths());
    let free = rustix::fs::statvfs(&paths.root)
        .ok()
        .map(|found| found.f_bavail * found.f_frsize);
    gantry::Engine {
        version: VERSION.to_owned(),
        api_version: API_VERSION.to_owned(),
        pid: std::process::id(),
        root: paths.root.display().to_string(),
        socket: paths.socket.display().to_string(),
        rootless: facts.rootless,
        kernel: facts.kernel.clone(),
        architecture: facts.architecture().to_owned(),
        cpus: facts.cpus,
        memory_bytes: facts.memory,
        cgroup: match core.host.cgroups.version() {
            "" => "none".to_owned(),
            version => format!("v{version}"),
        },
        used_bytes: used,
        free_bytes: free,
        warnings: warnings(core),
    }
}

/// What a user should know about this machine, each with its remedy.
fn warnings(core: &Core) -> Vec<Failure> {
    let mut warnings: Vec<_> = core
        .host
        .warnings
        .iter()
        .map(|warning| Failure {
            code: warning.code().to_owned(),
            what: warning.to_string(),
            next: warning.next().to_owned(),
            ..Failure::default()
        })
        .collect();
    let missing: Vec<_> = [
        (Controller::Memory, "memory"),
        (Controller::Cpu, "cpu"),
        (Controller::Pids, "pids"),
    ]
    .into_iter()
    .filter(|(controller, _)| !core.host.cgroups.has(*controller))
    .collect();
    if let Some((first, _)) = missing.first() {
        let names: Vec<_> = missing.iter().map(|(_, name)| *name).collect();
        let names = names.join(", ");
        warnings.push(Failure {
            code: "limits-unavailable".to_owned(),
            what: format!("No limits for: {names}"),
            why: core.host.cgroups.reason(*first),
            facts: [("missing".to_owned(), names.into())].into(),
            next: "Containers run without limits; asking for one is refused.".to_owned(),
        });
    }
    warnings
}

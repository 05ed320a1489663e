//! The OCI runtime spec of a container, as Docker makes it.

pub(crate) mod capabilities;
pub(crate) mod devices;
mod mounts;
pub(crate) mod process;
pub(crate) mod resources;
pub(crate) mod rlimits;
pub(crate) mod security;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use gantry_runtime::{Joined, ProcessIdentity};
use oci_spec::OciSpecError;
use oci_spec::runtime::{
    LinuxBuilder, LinuxNamespace, LinuxNamespaceBuilder, LinuxNamespaceType, RootBuilder, Spec,
    SpecBuilder,
};

pub(crate) use mounts::binds;

use super::folder::Folder;
use super::record::Definition;
use crate::host::cgroup::Cgroups;
use crate::network::Mode;
use crate::{Error, Result};

/// What of the machine shows in a spec.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Machine<'a> {
    /// The engine runs in a user namespace.
    pub(crate) rootless: bool,
    pub(crate) cgroups: &'a Cgroups,
    /// Whether rules about device nodes are enforced here.
    pub(crate) device_rules: bool,
    /// What the engine itself may do; a container never gets more.
    pub(crate) capabilities: &'a capabilities::Set,
    /// The containers whose namespaces this one shares.
    pub(crate) joined: &'a Joined,
    /// The network namespace that was made for it.
    pub(crate) network: Option<&'a Path>,
}

/// Makes the spec of one start.
pub(crate) fn build(
    definition: &Definition,
    folder: &Folder,
    machine: Machine<'_>,
) -> Result<Spec> {
    let host = &definition.host_config;
    let network = Mode::of(&host.network_mode);
    let security = security::of(host)?;
    let linux = LinuxBuilder::default()
        .namespaces(namespaces(definition, network, machine)?)
        .sysctl(sysctls(definition, network, machine.rootless))
        .devices(devices::nodes(host)?)
        .resources(resources::of(definition, machine.device_rules)?)
        .masked_paths(security.masked_paths(host))
        .readonly_paths(security.readonly_paths(host));
    let spec = SpecBuilder::default()
        .version("1.2.0")
        .root(made(
            RootBuilder::default()
                .path("rootfs")
                .readonly(host.readonly_rootfs)
                .build(),
        )?)
        .process(process::of(definition, &security, machine.capabilities)?)
        .mounts(mounts::of(definition, folder)?)
        .annotations(
            host.annotations
                .clone()
                .into_iter()
                .collect::<HashMap<_, _>>(),
        )
        .linux(made(linux.build())?);
    let mut spec = made(spec.build())?;
    // Set in any case: the library has a host name of its own as default.
    let own_name = host.uts_mode != "host";
    let given = |name: &String| (own_name && !name.is_empty()).then(|| name.clone());
    spec.set_hostname(given(&definition.config.hostname));
    spec.set_domainname(given(&definition.config.domainname));
    Ok(spec)
}

fn namespaces(
    definition: &Definition,
    network: Mode<'_>,
    machine: Machine<'_>,
) -> Result<Vec<LinuxNamespace>> {
    use LinuxNamespaceType as Kind;
    let host = &definition.host_config;
    let cgroup = match host.cgroupns_mode.as_str() {
        "" => default_cgroupns(machine.cgroups),
        given => given,
    };
    let path = |donor: &Option<ProcessIdentity>, name: &str| {
        let donor = donor.as_ref();
        donor.map(|process| PathBuf::from(format!("/proc/{}/ns/{name}", process.pid)))
    };
    let made = machine.network.map(Path::to_owned);
    [
        (Kind::Mount, true, None),
        (
            Kind::Network,
            network != Mode::Host,
            made.or_else(|| path(&machine.joined.network, "net")),
        ),
        (Kind::Uts, host.uts_mode != "host", None),
        (
            Kind::Pid,
            host.pid_mode != "host",
            path(&machine.joined.pid, "pid"),
        ),
        (
            Kind::Ipc,
            host.ipc_mode != "host",
            path(&machine.joined.ipc, "ipc"),
        ),
        (Kind::Cgroup, cgroup == "private", None),
    ]
    .into_iter()
    .filter(|(_, own, _)| *own)
    .map(|(kind, _, path)| {
        let mut namespace = LinuxNamespaceBuilder::default().typ(kind);
        if let Some(path) = path {
            namespace = namespace.path(path);
        }
        self::made(namespace.build())
    })
    .collect()
}

/// Docker's default: private with one hierarchy, the host's with many.
pub(crate) fn default_cgroupns(cgroups: &Cgroups) -> &'static str {
    match cgroups {
        Cgroups::V2 { .. } => "private",
        _ => "host",
    }
}

/// The request's, and Docker's two that let ordinary users of a container ping and take low ports.
fn sysctls(definition: &Definition, network: Mode<'_>, rootless: bool) -> HashMap<String, String> {
    let mut sysctls = HashMap::new();
    if network.is_own() {
        sysctls.insert(
            "net.ipv4.ip_unprivileged_port_start".to_owned(),
            "0".to_owned(),
        );
        if !rootless {
            // The groups must be mapped, which in a user namespace most are not.
            let all = "0 2147483647".to_owned();
            sysctls.insert("net.ipv4.ping_group_range".to_owned(), all);
        }
    }
    let own = definition.host_config.sysctls.iter();
    sysctls.extend(own.map(|(key, value)| (key.clone(), value.clone())));
    sysctls
}

/// A builder only refuses what this code forgot to set.
fn made<T>(result: Result<T, OciSpecError>) -> Result<T> {
    result.map_err(|error| Error::Internal(format!("runtime spec: {error}")))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::container::id::ContainerId;
    use crate::container::record::tests::view;

    fn definition() -> Definition {
        let mut definition = Arc::unwrap_or_clone(view().definition);
        definition.id = ContainerId::parse(&"ab".repeat(32)).unwrap();
        definition.config.hostname = "abababababab".into();
        definition.config.tty = true;
        definition.config.env = vec!["A=1".into()];
        definition.host_config.network_mode = "none".into();
        definition.host_config.resources.memory = 64 << 20;
        definition.host_config.resources.nano_cpus = 500_000_000;
        definition
    }

    fn spec(definition: &Definition) -> Spec {
        let folder = Folder::new(Path::new("/root/containers"), &definition.id);
        let machine = Machine {
            rootless: false,
            device_rules: true,
            cgroups: &Cgroups::None,
            capabilities: &capabilities::all(),
            joined: &Joined::default(),
            network: None,
        };
        build(definition, &folder, machine).unwrap()
    }

    #[test]
    fn the_spec_is_the_one_docker_makes() {
        let mut settings = insta::Settings::clone_current();
        settings.set_sort_maps(true);
        settings.bind(|| {
            let mut value = serde_json::to_value(spec(&definition())).unwrap();
            // Sets without an order of their own.
            for kind in [
                "bounding",
                "effective",
                "permitted",
                "inheritable",
                "ambient",
            ] {
                if let Some(names) = value["process"]["capabilities"][kind].as_array_mut() {
                    names.sort_by_key(ToString::to_string);
                }
            }
            insta::assert_json_snapshot!(value);
        });
    }

    #[test]
    fn host_modes_leave_the_namespace_out() {
        let mut definition = definition();
        definition.host_config.network_mode = "host".into();
        definition.host_config.pid_mode = "host".into();
        definition.host_config.uts_mode = "host".into();
        let spec = spec(&definition);
        let linux = spec.linux().as_ref().unwrap();
        let kinds: Vec<_> = linux
            .namespaces()
            .iter()
            .flatten()
            .map(LinuxNamespace::typ)
            .collect();
        assert_eq!(kinds, [LinuxNamespaceType::Mount, LinuxNamespaceType::Ipc]);
        assert_eq!(spec.hostname(), &None);
        assert!(linux.sysctl().as_ref().unwrap().is_empty());
    }
}

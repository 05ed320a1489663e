//! Creating a container: nothing is visible until its record is written.

mod check;
mod limits;
mod merge;

use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use gantry_file::Durability;
use gantry_oci::Platform;
use gantry_store::{EntryKind, Image, PlatformFit};
use gantry_wire::{ContainerCreate, ContainerCreated, HostConfig, MountPoint, Timestamp};

use super::folder::Folder;
use super::id::ContainerId;
use super::join;
use super::mount_points;
use super::name::ContainerName;
use super::owner;
use super::record::{Definition, View};
use super::registry::ReservedName;
use super::search::Supervision;
use super::spec::{capabilities, default_cgroupns, security};
use super::state::State;
use crate::core::{Core, blocking};
use crate::host::Host;
use crate::host::rootless::mapping;
use crate::network::Place;
use crate::volume::{VolumeName, WantedVolumes};
use crate::{Error, Result};

pub(crate) use check::check_lifetime;
pub(crate) use limits::{check as check_limits, controllers, wanted};

/// Creates a container and returns its id.
pub(crate) async fn create(
    core: &Arc<Core>,
    name: Option<&str>,
    platform: Option<&str>,
    mut body: ContainerCreate,
) -> Result<ContainerCreated> {
    let id = ContainerId::random();
    let name = reserve(core, name, &id)?;
    let image = core.images.resolve(&body.config.image).await?;
    let mut warnings = check_platform(&image, platform, &body.config.image)?;
    merge::merge(&mut body.config, &image.config)?;
    join::settle(core, &mut body.host_config)?;
    let machine = check::Machine::of(core);
    warnings.extend(check::check(&body, &machine)?);
    let cpus = core.host.facts.cpus;
    let resources = &body.host_config.resources;
    warnings.extend(limits::check(resources, &core.host.cgroups, cpus)?);
    capabilities::check_own(&body.host_config, &core.capabilities)?;
    settle(&mut body, &id, &core.host)?;
    let inherited = volumes_from(core, &body.host_config)?;
    core.networks.settle(&mut body)?;
    warnings.extend(core.networks.warnings(&body.host_config));

    let folder = Folder::new(&core.host.paths().containers(), &id);
    let core = Arc::clone(core);
    // A client that leaves in the middle drops this future: what has a folder gets an owner with it.
    blocking(move || {
        // Nobody removes its image until the container is known to stand on it.
        let _claimed = core.registry.images.claim(&core.store, &image, &id)?;
        warnings.extend(missing(&core, &image)?);
        // Nobody removes its volumes until the container is known to have them.
        let (definition, _wanted) = define(&core, id.clone(), &image, body, inherited, warnings)?;
        let view = make_folder(&core, &folder, definition, name.name().clone())?;
        let warnings = view.definition.warnings.clone();
        let handle = owner::adopt(&core, folder, view, Supervision::Over);
        let view = handle.now();
        core.registry.insert(id.clone(), handle);
        name.keep();
        core.container_event(&view, "create", &[]);
        core.container_changed(&view);
        Ok(ContainerCreated {
            id: id.into(),
            warnings,
        })
    })
    .await
}

fn reserve(core: &Core, name: Option<&str>, id: &ContainerId) -> Result<ReservedName> {
    match name.filter(|name| !name.is_empty()) {
        Some(name) => core.registry.reserve(ContainerName::parse(name)?, id),
        None => core.registry.reserve_random(id),
    }
}

/// An image for another kind of computer is named as such, unless it was asked for by name.
fn check_platform(image: &Image, wanted: Option<&str>, name: &str) -> Result<Vec<String>> {
    let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else {
        return match image.fit {
            PlatformFit::Native => Ok(Vec::new()),
            PlatformFit::Foreign => Err(Error::PlatformMismatch {
                image: name.to_owned(),
                wanted: Platform::host().to_string(),
                actual: image.platform.to_string(),
            }),
        };
    };
    let platform = Platform::parse(wanted).ok_or_else(|| {
        Error::Invalid(format!(
            "\"{wanted}\": unknown operating system or architecture"
        ))
    })?;
    if !image.platform.runs_on(&platform) {
        return Err(Error::PlatformMismatch {
            image: name.to_owned(),
            wanted: platform.to_string(),
            actual: image.platform.to_string(),
        });
    }
    if image.fit == PlatformFit::Foreign {
        return Ok(vec![format!(
            "The requested image's platform ({}) does not match the detected host platform ({})",
            image.platform,
            Platform::host()
        )]);
    }
    Ok(Vec::new())
}

/// Fills in what Docker fills in.
fn settle(body: &mut ContainerCreate, id: &ContainerId, machine: &Host) -> Result<()> {
    let host = &mut body.host_config;
    if body.config.hostname.is_empty() {
        let shares = host.network_mode == "host" || host.uts_mode == "host";
        body.config.hostname = if shares {
            machine.facts.hostname.clone()
        } else {
            id.short().to_owned()
        };
    }
    if matches!(host.network_mode.as_str(), "" | "default") {
        "bridge".clone_into(&mut host.network_mode);
    }
    if host.ipc_mode.is_empty() {
        "private".clone_into(&mut host.ipc_mode);
    }
    if host.restart_policy.name.is_empty() {
        "no".clone_into(&mut host.restart_policy.name);
    }
    if host.log_config.r#type.is_empty() {
        "json-file".clone_into(&mut host.log_config.r#type);
    }
    if host.runtime.is_empty() {
        "gantry".clone_into(&mut host.runtime);
    }
    if host.shm_size == 0 {
        host.shm_size = 64 << 20;
    }
    let resources = &mut host.resources;
    // What clients send for "no limit" is shown as none.
    resources.memory_swappiness = resources.memory_swappiness.filter(|value| *value != -1);
    resources.pids_limit = resources.pids_limit.filter(|value| *value > 0);
    if host.cgroupns_mode.is_empty() {
        default_cgroupns(&machine.cgroups).clone_into(&mut host.cgroupns_mode);
    }
    settle_security(host)
}

/// What of the container's protection inspect shows where the request said nothing.
fn settle_security(host: &mut HostConfig) -> Result<()> {
    let labels = host
        .security_opt
        .iter()
        .any(|option| option.starts_with("label"));
    if (host.privileged || host.pid_mode == "host" || host.ipc_mode == "host") && !labels {
        host.security_opt.push("label=disable".to_owned());
    }
    if host.privileged {
        (host.masked_paths, host.readonly_paths) = (None, None);
        return Ok(());
    }
    let security = security::of(host)?;
    let masked = security.masked_paths(host);
    let read_only = security.readonly_paths(host);
    host.masked_paths = Some(masked);
    host.readonly_paths = Some(read_only);
    Ok(())
}

fn define(
    core: &Core,
    id: ContainerId,
    image: &Image,
    body: ContainerCreate,
    inherited: Vec<MountPoint>,
    mut warnings: Vec<String>,
) -> Result<(Definition, WantedVolumes)> {
    let (path, args) = merge::command_line(&body.config);
    let volumes = &core.volumes;
    let resolved = mount_points::resolve(&body.config, &body.host_config, inherited, volumes)?;
    warnings.extend(strangers(&resolved.points));
    let definition = Definition {
        id,
        created: Timestamp::now(),
        image_id: image.id.to_string(),
        layers: image.layers.clone(),
        path,
        args,
        config: body.config,
        host_config: body.host_config,
        networking: body.networking_config,
        mounts: resolved.points,
        warnings,
    };
    let layers = core.lower_dirs(&definition)?;
    let wanted = volumes.want(VolumeName::all_of(&definition.mounts))?;
    mount_points::make_sources(&definition.mounts)?;
    volumes.provide(&resolved.volumes, &layers)?;
    Ok((definition, wanted))
}

/// Folders of the host whose owner is nobody in the container, with the ids that are somebody.
fn strangers(points: &[MountPoint]) -> Vec<String> {
    let Some(words) = mapping::of_this_process() else {
        return Vec::new();
    };
    let binds = points.iter().filter(|point| point.r#type == "bind");
    let strange = binds.filter(|point| mapping::is_strangers(Path::new(&point.source)));
    let told = strange.map(|point| {
        format!(
            "{} belongs to a user who is nobody (65534) in the container: it may do there only what everybody may. {words}; change its owner to one of these, or give everybody the right.",
            point.source
        )
    });
    told.collect()
}

/// The mounts of the containers that `--volumes-from` names.
fn volumes_from(core: &Core, host: &HostConfig) -> Result<Vec<MountPoint>> {
    let mut inherited = Vec::new();
    for from in &host.volumes_from {
        let (name, mode) = from.split_once(':').unwrap_or((from, ""));
        let donor = join::donor(core, name)?;
        inherited.extend(mount_points::inherit(&donor.definition.mounts, mode)?);
    }
    Ok(inherited)
}

/// What of the image this user namespace cannot hold.
fn missing(core: &Core, image: &Image) -> Result<Option<String>> {
    let Some(withheld) = core.store.withheld(&image.layers)? else {
        return Ok(None);
    };
    let examples = withheld.examples.iter().map(|(path, kind)| {
        let path = String::from_utf8_lossy(path);
        let what = match kind {
            EntryKind::CharDevice | EntryKind::BlockDevice => " (a device)",
            _ => "",
        };
        format!("/{path}{what}")
    });
    let examples: Vec<String> = examples.collect();
    Ok(Some(format!(
        "{} entries of the image cannot be made as they are in this user namespace: devices are missing, owners and attributes are others. Among them {}",
        withheld.entries,
        examples.join(", ")
    )))
}

/// Makes the folder; the record is written last, since a folder without one is swept.
fn make_folder(
    core: &Core,
    folder: &Folder,
    definition: Definition,
    name: ContainerName,
) -> Result<View> {
    let make = |path: &Path, mode: u32| {
        std::fs::DirBuilder::new()
            .mode(mode)
            .create(path)
            .map_err(Error::io("make", path))
    };
    make(folder.path(), 0o700)?;
    let view = View {
        definition: Arc::new(definition),
        name,
        state: State::default(),
        place: Place::default(),
        hidden: false,
        with_volumes: false,
        gone: false,
        revision: 0,
    };
    // One that goes with its end does not outlast a power cut, and a run does not wait for the disk.
    let durability = if view.definition.host_config.auto_remove {
        Durability::Quick
    } else {
        Durability::Durable
    };
    let filled = (|| {
        make(&folder.upper(), 0o755)?;
        // Overlay shows the upper directory's mode at the root, so it takes the image's.
        let top = core.lower_dirs(&view.definition)?.into_iter().next();
        if let Some(found) = top.and_then(|top| top.metadata().ok()) {
            let mode = std::fs::Permissions::from_mode(found.permissions().mode() & 0o7777);
            let upper = folder.upper();
            std::fs::set_permissions(&upper, mode).map_err(Error::io("set the mode of", &upper))?;
        }
        make(&folder.work(), 0o700)?;
        make(&folder.log(), 0o700)?;
        view.save(folder, durability)?;
        if durability == Durability::Durable {
            let containers = core.host.paths().containers();
            gantry_file::sync_folder(&containers).map_err(Error::io("write", &containers))?;
        }
        Ok(())
    })();
    if filled.is_err() {
        // What stays behind has no record and is swept at the next start.
        let _ = gantry_store::remove_tree(folder.path());
    }
    filled.map(|()| view)
}

//! The list of everything a window can ask for: one line per call and per subscription.

use gantry_view::{Call, Failure, Subscribe};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Desk, Frames, containers, files, host, images, link, login, logs, networks, other_engines,
    registries, self_check, settings, tasks, terminal, usage, volumes, watch,
};

/// Matches a name against the given calls and runs the function behind it.
macro_rules! route {
    ($desk:ident, $name:ident, $body:ident; $($call:ident => $function:path,)*) => {
        match $name {
            $(<gantry_view::$call as Call>::NAME => {
                let request: gantry_view::$call = parse($name, $body)?;
                let reply: <gantry_view::$call as Call>::Reply = $function($desk, request).await?;
                encode(&reply)
            })*
            _ => Err(unknown($name)),
        }
    };
}

pub(crate) async fn call(desk: &Desk, name: &str, body: &[u8]) -> Result<Vec<u8>, Failure> {
    route! { desk, name, body;
        GetHost => host::get,
        GetSettings => settings::get,
        SetSettings => settings::set,
        Reconnect => link::reconnect,
        SelfCheck => self_check::run,
        Mend => self_check::mend,
        GetLoginStart => login::get,
        SetLoginStart => login::set,

        InspectContainer => containers::inspect,
        StartContainer => containers::start,
        StopContainer => containers::stop,
        KillContainer => containers::kill,
        PauseContainer => containers::pause,
        ResumeContainer => containers::resume,
        RestartContainer => containers::restart,
        RenameContainer => containers::rename,
        ReadLimits => containers::read_limits,
        ChangeLimits => containers::change_limits,
        RemoveContainer => containers::remove,
        Undo => containers::undo,
        RunContainer => containers::run,
        DraftAgain => containers::draft_again,
        ReadEnvFile => containers::read_env_file,
        CheckName => containers::check_name,
        ContainerChanges => containers::changes,
        ContainerFiles => containers::files,
        ContainerChangeSums => containers::change_sums,
        ReadContainerFile => containers::read_file,
        DiffContainerFile => containers::diff_file,
        RevertContainerFile => containers::revert_file,
        MakeFolder => files::make_folder,
        WriteFile => containers::write_file,
        RenameFile => files::rename,
        RemoveFile => files::remove,
        SaveFile => files::save,
        SaveLog => logs::save,
        ReadLog => logs::read,
        FindLogTime => logs::find_time,
        UsageHistory => usage::history,
        SaveTable => usage::save_table,

        ToolboxImages => terminal::toolbox_images,
        TypeInTerminal => terminal::type_in,
        ResizeTerminal => terminal::resize,
        TerminalShown => terminal::shown,

        InspectImage => images::inspect,
        LayerEntries => images::entries,
        ImageWaste => images::waste,
        SearchImage => images::search,
        CompareImages => images::compare,
        SaveImageFile => images::save_file,
        TagImage => images::tag,
        RemoveImage => images::remove,

        PullImage => registries::pull,
        PushImage => registries::push,
        SearchRegistry => registries::search,
        RepositoryTags => registries::tags,
        RemoteImage => registries::image,
        KnownRegistries => registries::known,
        AllowPlain => registries::allow_plain,
        SignIn => registries::sign_in,
        SignOut => registries::sign_out,

        CreateVolume => volumes::create,
        RemoveVolume => volumes::remove,
        VolumeUses => volumes::uses,
        VolumeEntries => volumes::entries,
        BackupVolume => volumes::backup,
        RestoreVolume => volumes::restore,

        CreateNetwork => networks::create,
        RemoveNetwork => networks::remove,
        PruneNetworks => networks::prune,
        ConnectNetwork => networks::connect,
        DisconnectNetwork => networks::disconnect,
        ChangePorts => networks::change_ports,

        ImportImages => tasks::import,
        ImportWelcome => tasks::import_welcome,
        OtherEngines => other_engines::list,
        OtherEngineImages => other_engines::images,
        CopyImages => other_engines::copy,
        ExportImages => tasks::export,
        EstimateExport => tasks::estimate,
        CommitContainer => tasks::commit,
        CancelTask => tasks::cancel,
        DismissTask => tasks::dismiss,
    }
}

/// Calls and subscriptions that a desktop answers itself, before they come here.
const DESKTOP: [&str; 6] = [
    gantry_view::PickFiles::NAME,
    gantry_view::PickSavePath::NAME,
    gantry_view::OpenUrl::NAME,
    gantry_view::RevealPath::NAME,
    gantry_view::WindowControl::NAME,
    gantry_view::WatchWindow::NAME,
];

pub(crate) fn subscribe(desk: &Desk, name: &str, args: &[u8]) -> Result<Frames, Failure> {
    match name {
        gantry_view::Watch::NAME => Ok(Frames::new(watch::watch(desk, parse(name, args)?))),
        gantry_view::WatchLog::NAME => Ok(Frames::new(logs::watch(desk, parse(name, args)?))),
        gantry_view::WatchProcesses::NAME => {
            Ok(Frames::new(usage::processes(desk, parse(name, args)?)))
        }
        gantry_view::WatchUsage::NAME => Ok(Frames::new(usage::watch(desk, parse(name, args)?))),
        gantry_view::OpenTerminal::NAME => {
            Ok(Frames::new(terminal::open(desk, parse(name, args)?)))
        }
        gantry_view::UploadFiles::NAME => Ok(Frames::new(files::upload(desk, parse(name, args)?))),
        gantry_view::CopyFile::NAME => Ok(Frames::new(files::copy(desk, parse(name, args)?))),
        gantry_view::SearchLog::NAME => Ok(Frames::new(logs::search(desk, parse(name, args)?))),
        _ => Err(unknown(name)),
    }
}

fn parse<T: DeserializeOwned>(name: &str, body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body)
        .map_err(|error| Failure::new("bad-request", format!("{name}: {error}")))
}

fn encode<T: Serialize>(reply: &T) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(reply).map_err(|error| Failure::new("internal", error.to_string()))
}

fn unknown(name: &str) -> Failure {
    if DESKTOP.contains(&name) {
        return Failure::new("desktop-only", format!("only the desktop answers {name:?}"));
    }
    Failure::new("unknown-call", format!("there is no call named {name:?}"))
}

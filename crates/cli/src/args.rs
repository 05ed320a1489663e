//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    archive, attach, commit, copy_from, cp, create, diff, events, exec, history, images, inspect,
    lifecycle, login, logout, logs, ps, pull, push, remove, run, search, stats, system, top,
    update, volume,
};
use crate::{engine, shell, web};

/// Runs containers, without a daemon to install and without root.
#[derive(Debug, Parser)]
#[command(name = "gantry", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which engine is meant.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct PlaceArgs {
    /// The folder of images and containers.
    #[arg(long, global = true, env = "GANTRY_ROOT", value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// The engine's socket.
    #[arg(long, global = true, env = "GANTRY_SOCKET", value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// The engine's settings.
    #[arg(long, global = true, env = "GANTRY_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create and run a new container from an image
    Run(Box<run::RunArgs>),
    /// Create a new container
    Create(Box<create::CreateArgs>),
    /// List containers
    Ps(ps::PsArgs),
    /// Start one or more stopped containers
    Start(lifecycle::StartArgs),
    /// Stop one or more running containers
    Stop(lifecycle::StopArgs),
    /// Kill one or more running containers
    Kill(lifecycle::KillArgs),
    /// Pause all processes within one or more containers
    Pause(lifecycle::PauseArgs),
    /// Unpause all processes within one or more containers
    Unpause(lifecycle::PauseArgs),
    /// Restart one or more containers
    Restart(lifecycle::StopArgs),
    /// Rename a container
    Rename(lifecycle::RenameArgs),
    /// Block until one or more containers stop, then print their exit codes
    Wait(lifecycle::WaitArgs),
    /// Attach to a running container's input and output
    Attach(attach::AttachArgs),
    /// Run a command in a running container
    Exec(exec::ExecArgs),
    /// Fetch the logs of a container
    Logs(logs::LogsArgs),
    /// Show the processes of a container
    Top(top::TopArgs),
    /// Change limits and restart policy of one or more containers
    Update(update::UpdateArgs),
    /// Show what containers use, once a second
    Stats(stats::StatsArgs),
    /// Inspect changes to files of a container
    Diff(diff::DiffArgs),
    /// Create a new image from a container's changes
    Commit(commit::CommitArgs),
    /// Copy files between a container and this computer
    Cp(cp::CpArgs),
    /// Remove one or more containers
    Rm(remove::RmArgs),
    /// List images
    Images(images::ImagesArgs),
    /// Show the history of an image
    History(history::HistoryArgs),
    /// Return low-level information on containers and images
    Inspect(inspect::InspectArgs),
    /// Give an image another name
    Tag(images::TagArgs),
    /// Remove one or more images
    Rmi(remove::RmiArgs),
    /// Pull an image from a registry
    Pull(pull::PullArgs),
    /// Push an image to a registry
    Push(push::PushArgs),
    /// Search a registry for images
    Search(search::SearchArgs),
    /// Log in to a registry
    Login(login::LoginArgs),
    /// Log out from a registry
    Logout(logout::LogoutArgs),
    /// Import the tar of a root file system as an image
    Import(archive::ImportArgs),
    /// Export a container's files as a tar archive
    Export(archive::ExportArgs),
    /// Load images from a tar archive or stdin
    Load(archive::LoadArgs),
    /// Copy images from Docker or Podman on this computer
    CopyFrom(copy_from::CopyFromArgs),
    /// Save one or more images to a tar archive
    Save(archive::SaveArgs),
    /// Get real time events from the engine
    Events(events::EventsArgs),
    /// Manage volumes
    #[command(subcommand)]
    Volume(volume::VolumeCommand),
    /// Manage the engine's disk use
    #[command(subcommand)]
    System(SystemCommand),
    /// Display system-wide information
    Info(system::InfoArgs),
    /// Show the version information
    Version(system::VersionArgs),
    /// Find out what this machine lacks for containers
    Doctor(crate::doctor::DoctorArgs),
    /// Run the engine; other commands do this when it is needed
    Engine(engine::EngineArgs),
    /// Serve the window to a browser of this computer
    Web(web::WebArgs),
    /// Print what a shell needs to complete this command
    Completions(shell::CompletionsArgs),
    /// Write the manual pages
    #[command(hide = true)]
    Manual(shell::ManualArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum SystemCommand {
    /// Show disk usage
    Df(system::DfArgs),
    /// Display system-wide information
    Info(system::InfoArgs),
    /// Get real time events from the engine
    Events(events::EventsArgs),
}

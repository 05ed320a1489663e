//! The verbs, one file each or per family.

mod account;
pub(crate) mod archive;
pub(crate) mod attach;
pub(crate) mod commit;
pub(crate) mod copy_from;
pub(crate) mod cp;
pub(crate) mod create;
pub(crate) mod diff;
pub(crate) mod each;
pub(crate) mod events;
pub(crate) mod exec;
pub(crate) mod filters;
pub(crate) mod history;
pub(crate) mod images;
pub(crate) mod inspect;
pub(crate) mod lifecycle;
pub(crate) mod login;
pub(crate) mod logout;
pub(crate) mod logs;
pub(crate) mod ps;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod remove;
pub(crate) mod run;
pub(crate) mod search;
pub(crate) mod stats;
pub(crate) mod system;
mod task;
pub(crate) mod top;
pub(crate) mod update;
pub(crate) mod volume;

use gantry_client::{Place, connect_or_start};

use crate::args::{Command, PlaceArgs, SystemCommand};
use crate::exit::Exit;
use crate::web;

/// Runs one verb.
pub(crate) async fn run(place: PlaceArgs, command: Command) -> anyhow::Result<()> {
    let command = match command {
        Command::Web(args) => return web::run(place, args).await,
        Command::Logout(args) => return logout::logout(args).await,
        command => command,
    };
    let place = Place::settle(place.root, place.socket, place.config)?;
    let runs_something = matches!(command, Command::Run(_) | Command::Create(_));
    let client = match connect_or_start(&place).await {
        Ok(client) => &client.clone(),
        Err(error) if runs_something => return Err(Exit::run_failed(&error).into()),
        Err(error) => return Err(error.into()),
    };
    match command {
        Command::Run(args) => run::run(client, *args).await,
        Command::Create(args) => create::create(client, *args).await,
        Command::Ps(args) => ps::ps(client, args).await,
        Command::Start(args) => lifecycle::start(client, args).await,
        Command::Stop(args) => lifecycle::stop(client, args).await,
        Command::Kill(args) => lifecycle::kill(client, args).await,
        Command::Pause(args) => lifecycle::pause(client, args).await,
        Command::Unpause(args) => lifecycle::unpause(client, args).await,
        Command::Restart(args) => lifecycle::restart(client, args).await,
        Command::Rename(args) => lifecycle::rename(client, args).await,
        Command::Wait(args) => lifecycle::wait(client, args).await,
        Command::Attach(args) => attach::attach(client, args).await,
        Command::Exec(args) => exec::exec(client, args).await,
        Command::Logs(args) => logs::logs(client, args).await,
        Command::Top(args) => top::top(client, args).await,
        Command::Update(args) => update::update(client, args).await,
        Command::Stats(args) => stats::stats(client, args).await,
        Command::Diff(args) => diff::diff(client, args).await,
        Command::Commit(args) => commit::commit(client, args).await,
        Command::CopyFrom(args) => copy_from::copy_from(client, args).await,
        Command::Cp(args) => cp::cp(client, args).await,
        Command::Rm(args) => remove::rm(client, args).await,
        Command::Images(args) => images::images(client, args).await,
        Command::History(args) => history::history(client, args).await,
        Command::Inspect(args) => inspect::inspect(client, args).await,
        Command::Tag(args) => images::tag(client, args).await,
        Command::Rmi(args) => remove::rmi(client, args).await,
        Command::Pull(args) => pull::pull(client, args).await,
        Command::Push(args) => push::push(client, args).await,
        Command::Search(args) => search::search(client, args).await,
        Command::Login(args) => login::login(client, args).await,
        Command::Import(args) => archive::import(client, args).await,
        Command::Export(args) => archive::export(client, args).await,
        Command::Load(args) => archive::load(client, args).await,
        Command::Save(args) => archive::save(client, args).await,
        Command::Events(args) | Command::System(SystemCommand::Events(args)) => {
            events::events(client, args).await
        }
        Command::Volume(command) => volume::volume(client, command).await,
        Command::System(SystemCommand::Df(args)) => system::df(client, args).await,
        Command::Info(args) | Command::System(SystemCommand::Info(args)) => {
            system::info(client, args).await
        }
        Command::Version(args) => system::version(client, args).await,
        // They do not need a client, and were dealt with before.
        Command::Engine(_)
        | Command::Doctor(_)
        | Command::Web(_)
        | Command::Logout(_)
        | Command::Completions(_)
        | Command::Manual(_) => Ok(()),
    }
}

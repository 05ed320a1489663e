use std::{env, path::PathBuf, sync::Arc};

use gantry_client::Accounts;
use gantry_view::{Failure, HostKind, Settings};
use tokio::sync::OnceCell;

use crate::{Frames, calls, link::Link, settings::SettingsFile, terminal::Terminals};

/// How a desk is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// What carries the window.
    pub kind: HostKind,
    /// The engine's data, socket and settings; each that is not named comes from `GANTRY_ROOT`,
    /// `GANTRY_SOCKET` and `GANTRY_CONFIG`, or is the user's own.
    pub root: Option<PathBuf>,
    pub socket: Option<PathBuf>,
    pub config: Option<PathBuf>,
}

impl Options {
    /// The engine that the environment names, or the user's own.
    pub fn new(kind: HostKind) -> Self {
        Self {
            kind,
            root: None,
            socket: None,
            config: None,
        }
    }
}

/// The functions of the user interface. A cheap handle: clones share everything.
#[derive(Clone)]
pub struct Desk(Arc<Shared>);

struct Shared {
    kind: HostKind,
    settings: Arc<SettingsFile>,
    button_layout: OnceCell<String>,
    link: Link,
    terminals: Terminals,
    accounts: Accounts,
}

impl Desk {
    /// Opens the settings. The engine is looked for with the first call that needs it.
    pub fn new(options: Options) -> Self {
        let settings = SettingsFile::open(config_folder().join("window.json"));
        Self(Arc::new(Shared {
            kind: options.kind,
            settings: Arc::new(settings),
            button_layout: OnceCell::new(),
            link: Link::settle(options.root, options.socket, options.config),
            terminals: Terminals::default(),
            accounts: Accounts::of_session(),
        }))
    }

    /// Answers a request by its name with the JSON of its reply.
    pub async fn call(&self, name: &str, body: &[u8]) -> Result<Vec<u8>, Failure> {
        calls::call(self, name, body).await
    }

    /// Starts a subscription by its name. It ends when the frames are dropped.
    pub fn subscribe(&self, name: &str, args: &[u8]) -> Result<Frames, Failure> {
        calls::subscribe(self, name, args)
    }

    /// What the person chose last.
    pub fn settings(&self) -> Settings {
        self.0.settings.get()
    }

    pub(crate) fn settings_file(&self) -> &Arc<SettingsFile> {
        &self.0.settings
    }

    pub(crate) fn link(&self) -> &Link {
        &self.0.link
    }

    pub(crate) fn terminals(&self) -> &Terminals {
        &self.0.terminals
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn kind(&self) -> HostKind {
        self.0.kind
    }

    pub(crate) fn button_layout(&self) -> &OnceCell<String> {
        &self.0.button_layout
    }
}

/// `$XDG_CONFIG_HOME/gantry`, and `~/.config/gantry` where the variable is not an absolute path.
fn config_folder() -> PathBuf {
    let named = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    named
        .filter(|path| path.is_absolute())
        .unwrap_or_else(|| PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".config"))
        .join("gantry")
}

//! What the dialog holds: every field as it is typed.

use std::sync::Arc;

use gantry_view::{Again, ImageDetail, MountKind, NameCheck, RunMount};
use leptos::{prelude::*, reactive::owner::WeakOwner};

use super::pairs::Pair;
use crate::{
    dialogs::{PortFields, limits::LimitFields},
    state::Store,
};

/// What the dialog begins with.
#[derive(Debug, Clone)]
pub enum Begin {
    Empty,
    /// An image is chosen already.
    Image(String),
    /// A container once more.
    Again(Box<Again>),
}

/// Which network the container joins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Network {
    #[default]
    Default,
    Host,
    None,
    /// That of another container, as Docker names it: `container:ID`.
    Container(String),
    /// By its name.
    Own(String),
}

impl Network {
    pub fn of(word: &str) -> Self {
        match word {
            "" => Self::Default,
            "host" => Self::Host,
            "none" => Self::None,
            shared if shared.starts_with("container:") => Self::Container(shared.to_owned()),
            name => Self::Own(name.to_owned()),
        }
    }

    /// As Docker names it; empty is the default.
    pub fn word(&self) -> &str {
        match self {
            Self::Default => "",
            Self::Host => "host",
            Self::None => "none",
            Self::Container(name) | Self::Own(name) => name,
        }
    }

    /// Whether ports of this computer can lead to it.
    pub fn has_ports(&self) -> bool {
        matches!(self, Self::Default | Self::Own(_))
    }
}

/// A mount as it is typed.
#[derive(Clone, Copy)]
pub struct MountRow {
    pub key: u32,
    pub kind: MountKind,
    /// The folder of this computer or the name of the volume.
    pub source: RwSignal<String>,
    pub target: RwSignal<String>,
    pub read_only: RwSignal<bool>,
}

/// A published port as it is typed.
#[derive(Clone, Copy)]
pub struct PortRow {
    pub key: u32,
    pub fields: PortFields,
}

/// All fields. Signals of rows belong to the dialog as a whole, so that a row that goes leaves no
/// reader behind.
#[derive(Clone, Copy)]
pub struct Form {
    pub store: Store,
    /// The dialog. Weak: its own values cannot keep it, or it would never end.
    owner: StoredValue<Option<WeakOwner>>,
    next: StoredValue<u32>,
    pub image: RwSignal<String>,
    /// What the image says, once it is read.
    pub detail: RwSignal<Option<Arc<ImageDetail>>>,
    pub name: RwSignal<String>,
    /// The engine's word on the name; `None` while it is not known.
    pub name_check: RwSignal<Option<NameCheck>>,
    pub command: RwSignal<String>,
    /// In place of the image's own; it comes with the container that this one is like.
    pub entrypoint: RwSignal<Option<Vec<String>>>,
    pub user: RwSignal<String>,
    pub working_dir: RwSignal<String>,
    pub variables: RwSignal<Vec<Pair>>,
    pub labels: RwSignal<Vec<Pair>>,
    pub mounts: RwSignal<Vec<MountRow>>,
    pub network: RwSignal<Network>,
    /// Other names in a network of one's own, parted by blanks or commas.
    pub alias: RwSignal<String>,
    pub ports: RwSignal<Vec<PortRow>>,
    pub limits: LimitFields,
    pub tty: RwSignal<bool>,
    pub open_stdin: RwSignal<bool>,
    pub auto_remove: RwSignal<bool>,
    /// The container that this one is to be like.
    pub again: RwSignal<Option<Arc<Again>>>,
    /// Begins with what that container changed.
    pub keeps: RwSignal<bool>,
    /// The image that was made of it by a press that failed later on.
    pub committed: RwSignal<Option<String>>,
}

impl Form {
    pub fn new(store: Store, begin: Begin) -> Self {
        let form = Self {
            store,
            owner: StoredValue::new(Owner::current().map(|owner| owner.downgrade())),
            next: StoredValue::new(0),
            image: RwSignal::new(String::new()),
            detail: RwSignal::new(None),
            name: RwSignal::new(String::new()),
            name_check: RwSignal::new(None),
            command: RwSignal::new(String::new()),
            entrypoint: RwSignal::new(None),
            user: RwSignal::new(String::new()),
            working_dir: RwSignal::new(String::new()),
            variables: RwSignal::new(Vec::new()),
            labels: RwSignal::new(Vec::new()),
            mounts: RwSignal::new(Vec::new()),
            network: RwSignal::new(Network::Default),
            alias: RwSignal::new(String::new()),
            ports: RwSignal::new(Vec::new()),
            limits: LimitFields::new(store),
            tty: RwSignal::new(false),
            open_stdin: RwSignal::new(false),
            auto_remove: RwSignal::new(false),
            again: RwSignal::new(None),
            keeps: RwSignal::new(false),
            committed: RwSignal::new(None),
        };
        match begin {
            Begin::Empty => {}
            Begin::Image(image) => form.image.set(image),
            Begin::Again(again) => form.fill(*again),
        }
        form
    }

    /// A folder of this computer is only read unless the person says otherwise; what else would
    /// one want a volume or memory for but to write?
    pub fn add_mount(self, kind: MountKind) {
        self.put_mount(RunMount {
            kind,
            source: String::new(),
            target: String::new(),
            read_only: kind == MountKind::Bind,
        });
    }

    pub fn put_mount(self, mount: RunMount) {
        let mount = self.in_dialog(|| MountRow {
            key: self.key(),
            kind: mount.kind,
            source: RwSignal::new(mount.source),
            target: RwSignal::new(mount.target),
            read_only: RwSignal::new(mount.read_only),
        });
        self.mounts.update(|mounts| mounts.push(mount));
    }

    pub fn remove_mount(self, key: u32) {
        self.mounts
            .update(|mounts| mounts.retain(|mount| mount.key != key));
    }

    pub fn add_port(self, host: &str, container: &str, protocol: &str) -> PortFields {
        let port = self.in_dialog(|| PortRow {
            key: self.key(),
            fields: PortFields::new(host, container, protocol),
        });
        self.ports.update(|ports| ports.push(port));
        port.fields
    }

    pub fn remove_port(self, key: u32) {
        self.ports
            .update(|ports| ports.retain(|port| port.key != key));
    }

    /// Makes what lives as long as the dialog.
    pub(super) fn in_dialog<T>(self, make: impl FnOnce() -> T) -> T {
        let owner = self.owner.with_value(|owner| owner.as_ref()?.upgrade());
        match owner {
            Some(owner) => owner.with(make),
            None => make(),
        }
    }

    pub(super) fn key(self) -> u32 {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        key
    }
}

/// `NAME=value` lines, as they stand in files and in what is pasted. Empty lines and comments are
/// left out; quotes around a value are not part of it.
pub fn variables_in(text: &str) -> Vec<(String, String)> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let line = line.strip_prefix("export ").unwrap_or(line);
            let (name, value) = line.split_once('=')?;
            let name = name.trim();
            let is_name = !name.is_empty() && !name.contains(char::is_whitespace);
            is_name.then(|| (name.to_owned(), unquoted(value.trim()).to_owned()))
        })
        .collect()
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        let inner = value
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            return inner;
        }
    }
    value
}

/// Whether a variable's value should not be read over the shoulder, nor copied with a command.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let telling = [
        "SECRET",
        "PASSWORD",
        "PASSWD",
        "TOKEN",
        "CREDENTIAL",
        "PRIVATE",
    ];
    telling.iter().any(|part| name.contains(part))
        || name.ends_with("_KEY")
        || name.ends_with("_PASS")
        || matches!(name.as_str(), "KEY" | "PASS")
}

#[cfg(test)]
mod tests {
    use super::{is_secret, variables_in};

    #[test]
    fn pasted_lines_become_variables() {
        let pasted = "# site\nTZ=Asia/Seoul\n\nexport GREETING=\"hi there\"\nA=b=c\nnot one\n";
        let found = variables_in(pasted);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            found,
            [("TZ", "Asia/Seoul"), ("GREETING", "hi there"), ("A", "b=c")]
        );
    }

    #[test]
    fn secrets_are_known_by_their_names() {
        for name in ["SESSION_SECRET", "db_password", "GITHUB_TOKEN", "API_KEY"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["TZ", "KEYBOARD", "MONKEY", "PATH"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}

//! What people are told beside the message: why it happened, what to do next, and with what.

use std::collections::BTreeMap;
use std::io;

use super::{Error, registry};
use crate::network::Holder;

impl Error {
    /// Why it happened, in a sentence for people; empty where the message says it all.
    pub fn why(&self) -> String {
        match self {
            Self::NameInUse { holder, .. } => {
                format!("Container {} has that name.", short(holder))
            }
            Self::PlatformMismatch { wanted, actual, .. } => {
                format!("The image was made for {actual}; this computer runs {wanted}.")
            }
            Self::LimitUnavailable { why, .. }
            | Self::Unsupported { why, .. }
            | Self::Damaged { why, .. } => sentence(why),
            Self::ImageInUse {
                container: Some(id),
                ..
            } => {
                format!("Container {} was made from it.", short(id))
            }
            Self::VolumeInUse { users, .. } if !users.is_empty() => {
                let users: Vec<_> = users.iter().map(|id| short(id)).collect();
                format!("Mounted in: {}.", users.join(", "))
            }
            Self::AddressInUse { holder, .. } => match holder {
                Some(name) => format!("Container \"{name}\" has it."),
                None => "The network itself has it.".to_owned(),
            },
            Self::PortInUse { holder, .. } => sentence(&holder.to_string()),
            Self::PortForbidden { first, .. } => {
                format!("Ports below {first} are for root only here.")
            }
            Self::SupervisorSilent(_) => {
                "The process that watches over the container stands still or is starved.".to_owned()
            }
            Self::DoesNotEnd(_) => {
                "A process of it waits in the kernel, often for a disk or a network file system."
                    .to_owned()
            }
            Self::Io { source, .. } => sentence(&source.to_string()),
            Self::Registry(error) => registry::why(error),
            _ => String::new(),
        }
    }

    /// What to do next, in a sentence for people; empty where nothing sensible can be said.
    pub fn next(&self) -> &'static str {
        match self {
            Self::NoSuchContainer(_) => {
                "List the containers, stopped ones too, and take an id or a name from there."
            }
            Self::AmbiguousContainer(_) | Self::AmbiguousImage(_) => {
                "Give more characters of the id."
            }
            Self::NoSuchTag(_) => "Give the image that name first: docker tag.",
            Self::NoSuchImage(_) => {
                "Check its name, pull it from a registry, or import it from a file."
            }
            Self::NoSuchVolume(_) => "List the volumes and take a name from there.",
            Self::NoSuchPath { .. } => "Look at the folder above it, and check the spelling.",
            Self::ReadOnlyPlace(_) => {
                "Copy into a folder that may be written, or run the container without \"read only\"."
            }
            Self::FilesUnavailable(_) => {
                "Check that the folders and volumes of the container are still there."
            }
            Self::Store(gantry_store::Error::WouldReplace { .. }) => {
                "Give another name, or remove what is there first."
            }
            Self::Store(gantry_store::Error::NotAFolder(_)) => "Give a folder of the container.",
            Self::Store(gantry_store::Error::Exists(_)) => "Give another name.",
            Self::Store(gantry_store::Error::Changed(_)) => {
                "Read it again, and make the change once more."
            }
            Self::Store(gantry_store::Error::Mounted(_)) => {
                "It is a volume, or a file that the engine keeps: write into it instead."
            }
            Self::NoSuchExec(_) => "It has ended, or its container has; run the command again.",
            Self::NoSuchUndo(_) => "The time to undo is over; create it again.",
            Self::NameInUse { .. } => {
                "Choose another name, or rename or remove the container that has it."
            }
            Self::InvalidName(_) => {
                "Start with a letter or digit; go on with letters, digits, '_', '.' or '-'."
            }
            Self::WrongState {
                code: "container-running",
                ..
            } => "Stop the container first, or remove it by force.",
            Self::WrongState {
                code: "container-paused",
                ..
            } => "Unpause the container first.",
            Self::WrongState {
                code: "container-not-running",
                ..
            } => "Start the container first.",
            Self::WrongState {
                code: "container-files-open",
                ..
            } => "Let the copy come to its end, or end it, and start the container again.",
            Self::WrongState {
                code: "container-start-given-up",
                ..
            } => "Start the container again.",
            Self::WrongState {
                code: "container-damaged",
                ..
            } => "Mend its record or remove its folder, start the engine anew, and try again.",
            Self::VolumeExists(_) => "Choose another name, or remove that volume first.",
            Self::VolumeInUse { .. } => "Remove the containers that use it first.",
            Self::ImageInUse { .. } => "Remove the container first, or remove the image by force.",
            Self::PlatformMismatch { .. } => {
                "Import the image built for this computer's architecture."
            }
            Self::LimitUnavailable { .. } => {
                "Run without this limit, or give your session control of the cgroup controller."
            }
            Self::AddressInUse { .. } => {
                "Choose another address of the network, or let the engine choose one."
            }
            Self::PortInUse { .. } => "Publish another port of the host, or end who has this one.",
            Self::PortForbidden { .. } => {
                "Publish a port from 1024 on, or let everybody take low ports: sysctl net.ipv4.ip_unprivileged_port_start."
            }
            Self::NetworkState {
                code: "network-in-use",
                ..
            } => "Remove or disconnect its containers first.",
            Self::StartFailed(failure) => match failure.code {
                "command-not-found" => {
                    "Check the command's spelling and that the image contains it."
                }
                "command-not-executable" => {
                    "Give a program, not a folder, and check its permissions."
                }
                _ => "",
            },
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "Free some disk space, for example by removing unused images."
            }
            Self::FileExists(_) => "Choose another file, or allow this one to be replaced.",
            Self::SupervisorSilent(_) => {
                "Try again in a moment; stop, kill and remove by force end it in any case."
            }
            Self::DoesNotEnd(_) => "See what it waits for, and try again when that answers.",
            Self::ShuttingDown => "Try again in a moment.",
            Self::Registry(error) => registry::next(error),
            _ => "",
        }
    }

    /// Details that a front end can act on (`holder`, `option`, …).
    pub fn facts(&self) -> BTreeMap<&'static str, String> {
        let mut facts = BTreeMap::new();
        match self {
            Self::NoSuchContainer(name)
            | Self::InvalidName(name)
            | Self::NoSuchVolume(name)
            | Self::VolumeExists(name) => {
                facts.insert("name", name.clone());
            }
            Self::NoSuchImage(image) | Self::NoSuchTag(image) => {
                facts.insert("image", image.clone());
            }
            Self::VolumeInUse { name, users } => {
                facts.insert("name", name.clone());
                facts.insert("containers", users.join(" "));
            }
            Self::NameInUse { name, holder } => {
                facts.insert("name", name.clone());
                facts.insert("holder", holder.clone());
            }
            Self::ImageInUse {
                image, container, ..
            } => {
                facts.insert("image", image.clone());
                if let Some(container) = container {
                    facts.insert("container", container.clone());
                }
            }
            Self::PlatformMismatch {
                image,
                wanted,
                actual,
            } => {
                facts.insert("image", image.clone());
                facts.insert("wanted", wanted.clone());
                facts.insert("actual", actual.clone());
            }
            Self::LimitUnavailable { limit, .. } => {
                facts.insert("limit", limit.clone());
            }
            Self::AddressInUse {
                address,
                network,
                holder,
            } => {
                facts.insert("address", address.to_string());
                facts.insert("network", network.clone());
                if let Some(name) = holder {
                    facts.insert("container", name.clone());
                }
            }
            Self::Registry(error) => facts.extend(registry::facts(error)),
            Self::Unsupported { option, .. } => {
                facts.insert("option", option.clone());
            }
            Self::PortInUse {
                address,
                protocol,
                holder,
                free,
                ..
            } => {
                facts.insert("port", address.port().to_string());
                facts.insert("address", address.ip().to_string());
                facts.insert("protocol", protocol.to_string());
                match holder {
                    Holder::Container(name) => facts.insert("container", name.clone()),
                    Holder::Process { pid, name } => {
                        facts.insert("pid", pid.to_string());
                        facts.insert("process", name.clone())
                    }
                    Holder::User(name) => facts.insert("user", name.clone()),
                    Holder::Unknown => None,
                };
                if let Some(free) = free {
                    facts.insert("free", free.to_string());
                }
            }
            Self::PortForbidden { port, protocol, .. } => {
                facts.insert("port", port.to_string());
                facts.insert("protocol", protocol.to_string());
            }
            Self::StartFailed(failure) => {
                facts.insert("exit_code", failure.exit_code.to_string());
            }
            Self::NoSuchPath { path, container } => {
                facts.insert("path", path.clone());
                facts.insert("container", container.clone());
            }
            Self::NoSuchEntry(path) => {
                facts.insert("path", path.clone());
            }
            Self::Io { path, .. } | Self::Damaged { path, .. } | Self::FileExists(path) => {
                facts.insert("path", path.display().to_string());
            }
            _ => {}
        }
        facts
    }
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

fn sentence(clause: &str) -> String {
    let mut chars = clause.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let end = if clause.ends_with('.') { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_become_sentences() {
        assert_eq!(sentence("no room left"), "No room left.");
        assert_eq!(sentence(""), "");
    }
}

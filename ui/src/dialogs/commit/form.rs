//! What the dialog holds, and the request and command it stands for.

use gantry_view::CommitContainer;
use leptos::prelude::*;

use crate::{
    dialogs::{NameFault, check_name},
    i18n::Commit,
    state::{CommandLine, Store},
};

/// What the typed name would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    Unnamed,
    Free(String),
    /// It names another image now.
    Moves(String),
    Faulty(NameFault),
}

#[derive(Clone, Copy)]
pub struct Form {
    store: Store,
    container: StoredValue<String>,
    /// As the command names it.
    container_name: StoredValue<String>,
    /// The chosen files; all of them where there is none.
    paths: StoredValue<Vec<String>>,
    pub repository: RwSignal<String>,
    pub tag: RwSignal<String>,
    pub message: RwSignal<String>,
    pub author: RwSignal<String>,
    pub pause: RwSignal<bool>,
}

impl Form {
    pub fn new(store: Store, container: String, name: &str, paths: Vec<String>) -> Self {
        Self {
            store,
            container: StoredValue::new(container),
            container_name: StoredValue::new(name.to_owned()),
            paths: StoredValue::new(paths),
            repository: RwSignal::new(suggestion(name)),
            tag: RwSignal::new(String::new()),
            message: RwSignal::new(String::new()),
            author: RwSignal::new(String::new()),
            pause: RwSignal::new(true),
        }
    }

    /// Tracks the fields and the images.
    pub fn fate(self) -> Fate {
        let repository = self.repository.with(|typed| typed.trim().to_owned());
        let tag = self.tag.with(|typed| typed.trim().to_owned());
        let typed = match (repository.as_str(), tag.as_str()) {
            ("", "") => return Fate::Unnamed,
            (repository, "") => repository.to_owned(),
            (repository, tag) => format!("{repository}:{tag}"),
        };
        match check_name(&typed) {
            Err(fault) => Fate::Faulty(fault),
            Ok(name) => {
                let holder = self
                    .store
                    .images
                    .filtered(|image| image.tags.contains(&name));
                if holder.is_empty() {
                    Fate::Free(name)
                } else {
                    Fate::Moves(name)
                }
            }
        }
    }

    pub fn fault(self, words: Commit) -> Option<String> {
        match self.fate() {
            Fate::Faulty(NameFault::UpperCase) => Some(words.upper().to_owned()),
            Fate::Faulty(_) => Some(words.invalid().to_owned()),
            Fate::Unnamed | Fate::Free(_) | Fate::Moves(_) => None,
        }
    }

    fn reference(self) -> String {
        match self.fate() {
            Fate::Free(name) | Fate::Moves(name) => name,
            Fate::Unnamed | Fate::Faulty(_) => String::new(),
        }
    }

    pub fn request(self) -> CommitContainer {
        CommitContainer {
            id: self.container.get_value(),
            reference: self.reference(),
            author: self.author.with(|author| author.trim().to_owned()),
            comment: self.message.with(|message| message.trim().to_owned()),
            pause: self.pause.get(),
            changes: Vec::new(),
            paths: self.paths.get_value(),
        }
    }

    /// The new image's name, or the container's, and the command.
    pub fn command_line(self) -> (String, CommandLine) {
        let request = self.request();
        let container = self.container_name.get_value();
        let line = words(&request, &container);
        let name = if request.reference.is_empty() {
            container
        } else {
            request.reference
        };
        (name, CommandLine::new(line))
    }

    /// The command as a person types it.
    pub fn command(self) -> String {
        let style = self
            .store
            .settings
            .with(|settings| settings.command_style.clone());
        self.command_line().1.written(&style)
    }
}

fn words(request: &CommitContainer, container: &str) -> Vec<String> {
    let mut words = vec!["commit".to_owned()];
    for (flag, value) in [("-m", &request.comment), ("-a", &request.author)] {
        if !value.is_empty() {
            words.extend([flag.to_owned(), value.clone()]);
        }
    }
    if !request.pause {
        words.push("--pause=false".to_owned());
    }
    words.push(container.to_owned());
    words.extend((!request.reference.is_empty()).then(|| request.reference.clone()));
    words
}

/// A name for the image made from the container's: what it may not hold becomes a dash.
fn suggestion(container: &str) -> String {
    let lower = container.to_lowercase();
    if check_name(&lower).is_ok() {
        return lower;
    }
    let parts: Vec<&str> = lower
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use gantry_view::CommitContainer;

    use super::{suggestion, words};

    #[test]
    fn the_suggestion_is_a_valid_name() {
        assert_eq!(suggestion("web"), "web");
        assert_eq!(suggestion("Brave_Turing"), "brave_turing");
        assert_eq!(suggestion("a..b_"), "a-b");
    }

    #[test]
    fn the_command_holds_what_was_typed() {
        let request = CommitContainer {
            id: "9f02".to_owned(),
            reference: "web:2".to_owned(),
            author: String::new(),
            comment: "add cache".to_owned(),
            pause: false,
            changes: Vec::new(),
            paths: Vec::new(),
        };
        let line = words(&request, "web");
        assert_eq!(
            line,
            ["commit", "-m", "add cache", "--pause=false", "web", "web:2"]
        );
    }
}

//! What is wrong with the form, told beside the field; and the request once nothing is.

use gantry_view::{Image, NameCheck, RestartPolicy, RunContainer};
use leptos::prelude::*;

use super::{form::Form, pairs::Pairs, shell_words};
use crate::i18n::{Run, Text};

/// How the image of the form stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    Nothing,
    Missing,
    /// For another kind of computer.
    Foreign(Image),
    Here(Image),
}

impl Form {
    /// The local image that the field names: by name, by name without its tag, or by id.
    pub fn chosen(self) -> Chosen {
        let typed = self.image.with(|image| image.trim().to_owned());
        if typed.is_empty() {
            return Chosen::Nothing;
        }
        let with_tag = format!("{typed}:latest");
        let bare = typed.trim_start_matches("sha256:");
        // Like Docker: a prefix of an id will do; three digits are few enough to be a name.
        let by_id = bare.len() > 3 && bare.chars().all(|digit| digit.is_ascii_hexdigit());
        let fits = |image: &Image| {
            image.tags.contains(&typed)
                || image.tags.contains(&with_tag)
                || (by_id && image.id.trim_start_matches("sha256:").starts_with(bare))
        };
        match self.store.images.filtered(fits).into_iter().next() {
            Some(image) if image.runnable => Chosen::Here(image),
            Some(image) => Chosen::Foreign(image),
            None => Chosen::Missing,
        }
    }

    /// Why the image cannot be run.
    pub fn image_fault(self, text: Text) -> Option<String> {
        let words = text.run;
        if self.keeps.get() {
            // It runs from the image that the press makes.
            return None;
        }
        match self.chosen() {
            Chosen::Here(_) => None,
            Chosen::Nothing => Some(words.image_none().to_owned()),
            Chosen::Missing => Some(
                self.image
                    .with(|image| words.image_missing_why(image.trim())),
            ),
            Chosen::Foreign(image) => {
                let host = self
                    .store
                    .engine
                    .with(|engine| format!("linux/{}", engine.architecture));
                Some(text.images.cannot_run(&image.platform, &host))
            }
        }
    }

    pub fn name_fault(self, words: Run) -> Option<String> {
        match self.name_check.get()? {
            NameCheck::Free => None,
            NameCheck::Taken { .. } => Some(self.name.with(|name| words.name_taken(name))),
            NameCheck::Invalid { .. } => Some(words.name_invalid().to_owned()),
        }
    }

    pub fn command_fault(self, words: Run) -> Option<String> {
        let open = self
            .command
            .with(|command| shell_words::split(command).is_err());
        open.then(|| words.command_quote().to_owned())
    }

    pub fn working_dir_fault(self, words: Run) -> Option<String> {
        let typed = self.working_dir.with(|path| path.trim().to_owned());
        let is_wrong = !typed.is_empty() && !typed.starts_with('/');
        is_wrong.then(|| words.mount_target_absolute().to_owned())
    }

    /// What removes itself cannot be started again.
    pub fn restart_fault(self, words: Run) -> Option<String> {
        let restarts = self.limits.restart.get() != RestartPolicy::No;
        (restarts && self.auto_remove.get()).then(|| words.restart_removed().to_owned())
    }

    /// Everything that stands in the way, in the order of the fields.
    pub fn faults(self, text: Text) -> Vec<String> {
        let words = text.run;
        let all = [
            self.image_fault(text),
            self.name_fault(words),
            self.command_fault(words),
            self.ports_fault(words),
            self.mounts_fault(words),
            self.pairs_fault(Pairs::Variables, words),
            self.working_dir_fault(words),
            self.network_fault(words),
            self.limits.cpu_fault(words),
            self.limits.memory_fault(text),
            self.restart_fault(words),
            self.pairs_fault(Pairs::Labels, words),
        ];
        all.into_iter().flatten().collect()
    }

    /// The request that the form stands for. Faulty fields count as empty.
    pub fn request(self, start: bool) -> RunContainer {
        let trimmed = |signal: RwSignal<String>| signal.with(|value| value.trim().to_owned());
        RunContainer {
            image: self.committed.get().unwrap_or_else(|| trimmed(self.image)),
            name: trimmed(self.name),
            command: self
                .command
                .with(|command| shell_words::split(command).unwrap_or_default()),
            entrypoint: self.entrypoint.get(),
            user: trimmed(self.user),
            working_dir: trimmed(self.working_dir),
            env: self.named(Pairs::Variables),
            labels: self.named(Pairs::Labels),
            mounts: self.mounts_to_make(),
            network: self.network.with(|network| network.word().to_owned()),
            aliases: self.aliases(),
            ports: self.published(),
            memory_bytes: self.limits.memory_bytes().unwrap_or_default(),
            cpu_millis: self.limits.cpu_millis().unwrap_or_default(),
            restart: self.limits.restart.get(),
            tty: self.tty.get(),
            open_stdin: self.open_stdin.get(),
            auto_remove: self.auto_remove.get(),
            start,
            like: self.like(),
        }
    }
}

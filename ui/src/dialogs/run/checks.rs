//! What is wrong with the form, told beside the field; and the request once nothing is.

use gantry_view::{Image, NameCheck, RestartPolicy, RunContainer};
use leptos::prelude::*;

use super::{form::Form, shell_words};
use crate::i18n::{Run, Text};

/// Docker refuses less than this.
const LEAST_MEMORY: u64 = 6 << 20;

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

    pub fn variables_fault(self, words: Run) -> Option<String> {
        let mut names = Vec::new();
        for variable in self.variables.get() {
            let name = variable.name.with(|name| name.trim().to_owned());
            let has_value = variable.value.with(|value| !value.is_empty());
            match name.as_str() {
                "" if has_value => return Some(words.variable_nameless().to_owned()),
                "" => continue,
                name if name.contains('=') => return Some(words.variable_equals().to_owned()),
                _ => {}
            }
            if names.contains(&name) {
                return Some(words.variable_twice(&name));
            }
            names.push(name);
        }
        None
    }

    pub fn cpu_fault(self, words: Run) -> Option<String> {
        let cores = self.store.engine.with(|engine| engine.cpus);
        match self.cpus.with(|typed| number(typed)) {
            Ok(None) => None,
            Ok(Some(value)) if cores > 0 && value > f64::from(cores) => {
                Some(words.cpu_above(cores))
            }
            Ok(Some(value)) if value >= 0.01 => None,
            _ => Some(words.cpu_invalid().to_owned()),
        }
    }

    pub fn memory_fault(self, text: Text) -> Option<String> {
        let words = text.run;
        let total = self.store.engine.with(|engine| engine.memory_bytes);
        match self.memory_bytes() {
            Ok(0) => None,
            Ok(bytes) if bytes < LEAST_MEMORY => Some(words.memory_small().to_owned()),
            Ok(bytes) if total > 0 && bytes > total => Some(words.memory_above(&text.size(total))),
            Ok(_) => None,
            Err(NotANumber) => Some(words.memory_invalid().to_owned()),
        }
    }

    /// What removes itself cannot be started again.
    pub fn restart_fault(self, words: Run) -> Option<String> {
        let restarts = self.restart.get() != RestartPolicy::No;
        (restarts && self.auto_remove.get()).then(|| words.restart_removed().to_owned())
    }

    fn memory_bytes(self) -> Result<u64, NotANumber> {
        let typed = self.memory.with(|typed| number(typed))?;
        Ok(typed.map_or(0, |value| (value * self.unit.get().bytes()).round() as u64))
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
            self.variables_fault(words),
            self.working_dir_fault(words),
            self.network_fault(words),
            self.cpu_fault(words),
            self.memory_fault(text),
            self.restart_fault(words),
        ];
        all.into_iter().flatten().collect()
    }

    /// The request that the form stands for. Faulty fields count as empty.
    pub fn request(self, start: bool) -> RunContainer {
        let millis = self.cpus.with(|typed| number(typed)).ok().flatten();
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
            env: self.named_variables(),
            mounts: self.mounts_to_make(),
            network: self.network.with(|network| network.word().to_owned()),
            aliases: self.aliases(),
            ports: self.published(),
            memory_bytes: self.memory_bytes().unwrap_or_default(),
            cpu_millis: millis.map_or(0, |cores| (cores * 1000.0).round() as u64),
            restart: self.restart.get(),
            tty: self.tty.get(),
            open_stdin: self.open_stdin.get(),
            auto_remove: self.auto_remove.get(),
            start,
            like: self.like(),
        }
    }

    fn named_variables(self) -> Vec<(String, String)> {
        let read = |variable: &super::form::Variable| {
            let name = variable.name.with(|name| name.trim().to_owned());
            (!name.is_empty()).then(|| (name, variable.value.get()))
        };
        self.variables
            .with(|variables| variables.iter().filter_map(read).collect())
    }
}

/// What was typed is not a number above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NotANumber;

/// A number with a point or a comma; nothing when nothing was typed.
fn number(typed: &str) -> Result<Option<f64>, NotANumber> {
    let typed = typed.trim().replace(',', ".");
    if typed.is_empty() {
        return Ok(None);
    }
    match typed.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(Some(value)),
        _ => Err(NotANumber),
    }
}

#[cfg(test)]
mod tests {
    use super::{NotANumber, number};

    #[test]
    fn numbers_may_have_a_comma() {
        assert_eq!(number(""), Ok(None));
        assert_eq!(number(" 1.5 "), Ok(Some(1.5)));
        assert_eq!(number("0,5"), Ok(Some(0.5)));
        for wrong in ["0", "-1", "two", "inf", "NaN"] {
            assert_eq!(number(wrong), Err(NotANumber), "{wrong}");
        }
    }
}

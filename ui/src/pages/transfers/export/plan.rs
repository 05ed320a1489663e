//! What is to be exported, as what and to where.

use gantry_view::{Compression, EstimateExport, ExportFormat, ExportImages, Failure};
use leptos::prelude::*;

use crate::{
    backend::{self, Download},
    i18n::Text,
    parts::{is_path, split_reference},
    state::{CommandLine, Store, quoted},
};

/// Where the file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// Written by the engine.
    Path,
    /// Taken home by the browser.
    Browser,
}

#[derive(Clone, Copy)]
pub struct Plan {
    pub store: Store,
    pub format: RwSignal<ExportFormat>,
    pub compression: RwSignal<Compression>,
    pub destination: RwSignal<Destination>,
    pub checksum: RwSignal<bool>,
    /// What was typed; empty follows the suggestion.
    pub typed: RwSignal<Option<String>>,
    /// The path of which the person knows that what is there is replaced.
    pub replaced: RwSignal<Option<String>>,
}

impl Plan {
    pub fn new(store: Store) -> Self {
        let plan = Self {
            store,
            format: RwSignal::new(ExportFormat::DockerArchive),
            compression: RwSignal::new(Compression::None),
            // The engine may write anywhere on this computer, but who sits at a browser looks in
            // its downloads.
            destination: RwSignal::new(if store.in_desktop() {
                Destination::Path
            } else {
                Destination::Browser
            }),
            checksum: RwSignal::new(true),
            typed: RwSignal::new(None),
            replaced: RwSignal::new(None),
        };
        // A browser cannot take a folder home.
        Effect::new(move |_| {
            let in_browser = plan.destination.get() == Destination::Browser;
            if in_browser && plan.format.get_untracked() == ExportFormat::OciFolder {
                plan.format.set(ExportFormat::OciArchive);
            }
        });
        plan
    }

    /// Names or ids of the images.
    pub fn images(self) -> Vec<String> {
        self.store.export.get().unwrap_or_default()
    }

    pub fn leave_out(self, reference: &str) {
        self.store.export.update(|images| {
            if let Some(images) = images {
                images.retain(|image| image != reference);
            }
        });
    }

    pub fn add(self, references: Vec<String>) {
        self.store.export.update(|images| {
            let images = images.get_or_insert_default();
            for reference in references {
                if !images.contains(&reference) {
                    images.push(reference);
                }
            }
        });
    }

    /// The path in the field: what was typed, else one made from the first image.
    pub fn path(self) -> String {
        self.typed.get().unwrap_or_else(|| {
            let home = self.store.host.with(|host| host.home.clone());
            let folder = if home.is_empty() { "/tmp" } else { "~" };
            format!("{folder}/{}", self.suggested_name())
        })
    }

    /// The same as the engine takes it.
    pub fn whole_path(self) -> String {
        untrack(|| self.store.expand_home(self.path().trim()))
    }

    /// `northquay-2.14.1.tar.zst`
    pub fn suggested_name(self) -> String {
        let images = self.images();
        let stem = match images.first() {
            Some(first) => {
                let (repository, tag) = split_reference(first);
                let name = repository.rsplit('/').next().unwrap_or(repository);
                match (images.len(), tag) {
                    (1, Some(tag)) => format!("{name}-{tag}"),
                    (1, None) => name.to_owned(),
                    (count, _) => format!("{name}-and-{}-more", count - 1),
                }
            }
            None => "images".to_owned(),
        };
        format!("{stem}{}", self.extension())
    }

    fn extension(self) -> &'static str {
        match (self.format.get(), self.compression.get()) {
            (ExportFormat::OciFolder, _) => "",
            (_, Compression::None) => ".tar",
            (_, Compression::Zstd) => ".tar.zst",
            (_, Compression::Gzip) => ".tar.gz",
        }
    }

    /// A typed path follows the format as well as the suggestion does.
    pub fn fit_extension(self) {
        let wanted = self.extension();
        let Some(typed) = self.typed.get_untracked() else {
            return;
        };
        let known = [".tar.zst", ".tar.gz", ".tgz", ".tar"];
        let stem = known.iter().find_map(|end| typed.strip_suffix(end));
        if let Some(stem) = stem.filter(|stem| !stem.is_empty()) {
            let fitted = format!("{stem}{wanted}");
            if fitted != typed {
                self.typed.set(Some(fitted));
            }
        }
    }

    /// The last part of the path.
    pub fn file_name(self) -> String {
        let path = untrack(|| self.path());
        path.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// Why it cannot start; tracks everything it looks at.
    pub fn fault(self, text: Text) -> Option<String> {
        let words = text.export;
        if self.images().is_empty() {
            return Some(words.none_chosen().to_owned());
        }
        if self.destination.get() == Destination::Browser {
            return None;
        }
        match self.path().trim() {
            "" => Some(words.path_first().to_owned()),
            path if is_path(path) => None,
            _ => Some(text.common.path_absolute().to_owned()),
        }
    }

    /// Asks for the work. The engine's goes on as a task, which is named; a download is the
    /// browser's own.
    pub async fn start(self) -> Result<Option<String>, Failure> {
        let images = untrack(|| self.images());
        let (format, compression) = (
            self.format.get_untracked(),
            self.compression.get_untracked(),
        );
        if self.destination.get_untracked() == Destination::Browser {
            // A download that is refused is told by the browser alone, and badly: so the engine is
            // asked about the images first.
            backend::call(&EstimateExport {
                images: images.clone(),
                path: None,
            })
            .await?;
            let name = untrack(|| self.suggested_name());
            backend::download(&Download::Images {
                name: &name,
                references: &images,
                format,
                compression,
            })?;
            return Ok(None);
        }
        let path = self.whole_path();
        let is_folder = format == ExportFormat::OciFolder;
        backend::call(&ExportImages {
            images,
            format,
            compression: if is_folder {
                Compression::None
            } else {
                compression
            },
            overwrite: self.replaced.get_untracked().as_ref() == Some(&path),
            path,
            checksum: self.checksum.get_untracked() && !is_folder,
        })
        .await
        .map(Some)
    }

    /// The command that writes the same; only `docker save` has one.
    pub fn command(self) -> Option<String> {
        let images = self.images();
        if images.is_empty() || self.format.get() != ExportFormat::DockerArchive {
            return None;
        }
        let style = self
            .store
            .settings
            .with(|settings| settings.command_style.clone());
        let file = match self.destination.get() {
            Destination::Path => self.path(),
            Destination::Browser => self.suggested_name(),
        };
        // A shell expands `~` only where it is not quoted.
        let file = match file.strip_prefix("~/") {
            Some(rest) => format!("~/{}", quoted(rest)),
            None => quoted(&file),
        };
        let save =
            CommandLine::new(std::iter::once("save".to_owned()).chain(images)).written(&style);
        Some(match self.compression.get() {
            Compression::None => format!("{save} -o {file}"),
            Compression::Zstd => format!("{save} | zstd -o {file}"),
            Compression::Gzip => format!("{save} | gzip > {file}"),
        })
    }
}

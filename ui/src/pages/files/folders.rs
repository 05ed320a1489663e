//! The folders of a tree, read one by one as they are opened.

use std::collections::{HashMap, HashSet};

use gantry_view::{
    CompareImages, ContainerFiles, EntryKind, EntryPage, Failure, LayerEntries, LayerEntry,
};
use leptos::{prelude::*, task::spawn_local};

use crate::backend;

/// Lines of a folder that are read at first; each press on the rest reads ten times as many.
const FIRST: u32 = 500;

/// Where folders come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A layer itself, or with `whole` all layers up to it.
    Layer {
        image: String,
        layer: u32,
        whole: bool,
    },
    /// What differs between two images.
    Compare { image: String, with: String },
    /// A container's, or only what it changed.
    Container { id: String, changed: bool },
}

impl Source {
    async fn read(&self, dir: String, limit: u32) -> Result<EntryPage, Failure> {
        match self.clone() {
            Self::Layer {
                image,
                layer,
                whole,
            } => {
                let request = LayerEntries {
                    image,
                    layer,
                    whole,
                    dir,
                    limit,
                };
                backend::call(&request).await
            }
            Self::Compare { image, with } => {
                let answer = backend::call(&CompareImages { image, with, dir }).await;
                answer.map(|comparison| comparison.page)
            }
            Self::Container { id, changed } => {
                let request = ContainerFiles {
                    id,
                    dir,
                    changed,
                    limit,
                };
                backend::call(&request).await
            }
        }
    }
}

/// A folder that was opened.
#[derive(Clone)]
enum Folder {
    Reading,
    Read(EntryPage),
    Failed(Failure),
}

/// A line of the tree.
#[derive(Clone, PartialEq)]
pub struct Line {
    /// Its path in the layer; lines that are no entry have a path that no entry can have.
    pub path: String,
    pub depth: usize,
    pub content: Content,
}

#[derive(Clone, PartialEq)]
pub enum Content {
    Entry(LayerEntry),
    /// Stands for what an open folder does not hold.
    Nothing,
    /// What the folder holds beyond what was read: how many, how large, and the folder.
    More(u64, u64, String),
    Failed(Failure),
}

impl Line {
    pub fn is_folder(&self) -> bool {
        matches!(&self.content, Content::Entry(entry) if entry.kind == EntryKind::Folder)
    }
}

/// The files as far as they were looked at.
#[derive(Clone, Copy)]
pub struct Folders {
    source: StoredValue<Source>,
    read: RwSignal<HashMap<String, Folder>>,
    open: RwSignal<HashSet<String>>,
}

impl Folders {
    /// Reads the root.
    pub fn new(source: Source) -> Self {
        let folders = Self {
            source: StoredValue::new(source),
            read: RwSignal::new(HashMap::new()),
            open: RwSignal::new(HashSet::new()),
        };
        folders.open(String::new());
        folders
    }

    pub fn is_open(self, path: &str) -> bool {
        self.open.with(|open| open.contains(path))
    }

    pub fn close(self, path: &str) {
        self.open.update(|open| {
            open.remove(path);
        });
    }

    pub fn toggle(self, path: &str) {
        if self.open.with_untracked(|open| open.contains(path)) {
            self.close(path);
        } else {
            self.open(path.to_owned());
        }
    }

    /// Opens a folder, and reads it unless it was read before. A folder that holds nothing but one
    /// folder opens that one too.
    pub fn open(self, path: String) {
        self.open.update(|open| {
            open.insert(path.clone());
        });
        if self.read.with_untracked(|read| {
            matches!(read.get(&path), Some(Folder::Read(_) | Folder::Reading))
        }) {
            return;
        }
        self.put(path.clone(), Folder::Reading);
        self.load(path, FIRST);
    }

    /// Reads more of a folder that was cut.
    pub fn read_more(self, path: String) {
        let known = self.read.with_untracked(|read| match read.get(&path) {
            Some(Folder::Read(page)) => page.entries.len() as u32,
            _ => 0,
        });
        self.load(path, known.max(FIRST).saturating_mul(10));
    }

    fn load(self, path: String, limit: u32) {
        let source = self.source.get_value();
        spawn_local(async move {
            let answer = source.read(path.clone(), limit).await;
            if self.read.is_disposed() {
                return;
            }
            match answer {
                Ok(page) => {
                    let only = match page.entries.as_slice() {
                        [one] if one.kind == EntryKind::Folder => Some(join(&path, &one.name)),
                        _ => None,
                    };
                    self.put(path, Folder::Read(page));
                    if let Some(only) = only {
                        self.open(only);
                    }
                }
                Err(failure) => self.put(path, Folder::Failed(failure)),
            }
        });
    }

    /// Reads again what was read before; meanwhile it stays in sight.
    pub fn read_again(self) {
        let read: Vec<(String, u32)> = self.read.with_untracked(|read| {
            let size = |folder: &Folder| match folder {
                Folder::Read(page) => (page.entries.len() as u32).max(FIRST),
                Folder::Reading | Folder::Failed(_) => FIRST,
            };
            let folders = read.iter();
            folders
                .map(|(path, folder)| (path.clone(), size(folder)))
                .collect()
        });
        for (path, limit) in read {
            self.load(path, limit);
        }
    }

    /// What is in sight, from the top; tracks everything it reads.
    pub fn lines(self) -> Vec<Line> {
        let mut lines = Vec::new();
        self.read.with(|read| {
            self.open
                .with(|open| collect(read, open, "", 0, &mut lines));
        });
        lines
    }

    /// Whether the root is there, whatever it holds.
    pub fn is_ready(self) -> bool {
        self.read
            .with(|read| !matches!(read.get(""), None | Some(Folder::Reading)))
    }

    fn put(self, path: String, folder: Folder) {
        self.read.update(|read| {
            read.insert(path, folder);
        });
    }
}

fn collect(
    read: &HashMap<String, Folder>,
    open: &HashSet<String>,
    dir: &str,
    depth: usize,
    lines: &mut Vec<Line>,
) {
    // No entry's path ends in a slash.
    let instead = |content: Content| Line {
        path: format!("{dir}/"),
        depth,
        content,
    };
    let page = match read.get(dir) {
        Some(Folder::Read(page)) => page,
        Some(Folder::Failed(failure)) => {
            lines.push(instead(Content::Failed(failure.clone())));
            return;
        }
        Some(Folder::Reading) | None => return,
    };
    if page.entries.is_empty() {
        lines.push(instead(Content::Nothing));
    }
    for entry in &page.entries {
        let path = join(dir, &entry.name);
        let is_open = entry.kind == EntryKind::Folder && open.contains(&path);
        lines.push(Line {
            path: path.clone(),
            depth,
            content: Content::Entry(entry.clone()),
        });
        if is_open {
            collect(read, open, &path, depth + 1, lines);
        }
    }
    if page.more > 0 {
        lines.push(instead(Content::More(
            page.more,
            page.more_size,
            dir.to_owned(),
        )));
    }
}

fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() {
        name.to_owned()
    } else {
        format!("{dir}/{name}")
    }
}

/// The folder that a path lies in; the root lies in itself.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::{join, parent};

    #[test]
    fn paths_join_and_part_again() {
        assert_eq!(join("", "usr"), "usr");
        assert_eq!(join("usr", "bin"), "usr/bin");
        assert_eq!(parent("usr/bin"), "usr");
        assert_eq!(parent("usr"), "");
    }
}

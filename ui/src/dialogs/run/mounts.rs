//! What of outside is in the container: folders of this computer, volumes, and memory.

use gantry_view::{MountKind, RunMount};
use leptos::prelude::*;

use super::{
    form::{Form, MountRow},
    group::{Add, Group},
};
use crate::{
    dialogs::is_object_name,
    i18n::{Run, use_text},
    parts::{Icon, IconButton, IconSize, Symbol},
};

/// What a row stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reading {
    Empty,
    Fault(Fault),
    Mount(RunMount),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Incomplete,
    SourceAbsolute,
    TargetAbsolute,
    Colon,
    VolumeName,
}

impl Fault {
    fn words(self, words: Run) -> &'static str {
        match self {
            Self::Incomplete => words.mount_incomplete(),
            Self::SourceAbsolute => words.folder_source_absolute(),
            Self::TargetAbsolute => words.mount_target_absolute(),
            Self::Colon => words.mount_colon(),
            Self::VolumeName => words.volume_name(),
        }
    }
}

impl MountRow {
    /// Tracks its fields.
    fn read(self) -> Reading {
        read(RunMount {
            kind: self.kind,
            source: self.source.with(|source| source.trim().to_owned()),
            target: self.target.with(|target| target.trim().to_owned()),
            read_only: self.read_only.get(),
        })
    }
}

fn read(mount: RunMount) -> Reading {
    let sourceless = mount.kind == MountKind::Tmpfs;
    let (source, target) = (mount.source.as_str(), mount.target.as_str());
    let fault = match (source, target) {
        // A row that was added and not used yet says nothing.
        ("", "") => return Reading::Empty,
        (_, "") => Fault::Incomplete,
        ("", _) if !sourceless => Fault::Incomplete,
        (source, _) if mount.kind == MountKind::Bind && !source.starts_with(['/', '~']) => {
            Fault::SourceAbsolute
        }
        (source, _) if mount.kind == MountKind::Volume && !is_object_name(source) => {
            Fault::VolumeName
        }
        (_, target) if !target.starts_with('/') => Fault::TargetAbsolute,
        (source, target) if source.contains(':') || target.contains(':') => Fault::Colon,
        _ => return Reading::Mount(mount),
    };
    Reading::Fault(fault)
}

impl Form {
    /// The mounts that are complete, as they were typed.
    pub fn typed_mounts(self) -> Vec<RunMount> {
        let rows = self.mounts.get().into_iter();
        rows.filter_map(|row| match row.read() {
            Reading::Mount(mount) => Some(mount),
            Reading::Empty | Reading::Fault(_) => None,
        })
        .collect()
    }

    /// The mounts for the request, with `~` written out.
    pub fn mounts_to_make(self) -> Vec<RunMount> {
        let mounts = self.typed_mounts().into_iter();
        mounts
            .map(|mount| RunMount {
                source: self.store.expand_home(&mount.source),
                ..mount
            })
            .collect()
    }

    pub fn mounts_fault(self, words: Run) -> Option<String> {
        let rows = self.mounts.get();
        let fault = rows.iter().find_map(|row| match row.read() {
            Reading::Fault(fault) => Some(fault.words(words).to_owned()),
            Reading::Empty | Reading::Mount(_) => None,
        });
        fault.or_else(|| {
            let mut targets = Vec::new();
            self.typed_mounts().into_iter().find_map(|mount| {
                if targets.contains(&mount.target) {
                    return Some(words.mount_target_twice(&mount.target));
                }
                targets.push(mount.target);
                None
            })
        })
    }
}

#[component]
pub fn Mounts(form: Form) -> impl IntoView {
    let words = use_text().run;
    let fault = move || {
        let fault = form.mounts_fault(words)?;
        Some(view! { <span class="hint hint--bad" role="status">{fault}</span> })
    };
    let add =
        |symbol, label, test, kind| Add::new(symbol, label, test, move || form.add_mount(kind));
    let adds = vec![
        add(
            Symbol::FolderPlus,
            words.add_folder(),
            "run-add-folder",
            MountKind::Bind,
        ),
        add(
            Symbol::Plus,
            words.add_volume(),
            "run-add-volume",
            MountKind::Volume,
        ),
        add(
            Symbol::Plus,
            words.add_memory(),
            "run-add-memory",
            MountKind::Tmpfs,
        ),
    ];
    let volumes = move || {
        let volumes = form.store.volumes.filtered(|volume| !volume.anonymous);
        volumes
            .into_iter()
            .map(|volume| view! { <option value=volume.name></option> })
            .collect_view()
    };
    view! {
        <Group
            label=words.mounts()
            note=words.mounts_note()
            filled=Signal::derive(move || form.mounts.with(|mounts| !mounts.is_empty()))
            adds
        >
            <For
                each=move || form.mounts.get()
                key=|mount| mount.key
                children=move |mount| view! { <Row form mount /> }
            />
            <datalist id="run-volumes">{volumes}</datalist>
            {fault}
        </Group>
    }
}

#[component]
fn Row(form: Form, mount: MountRow) -> impl IntoView {
    let words = use_text().run;
    let invalid = move || matches!(mount.read(), Reading::Fault(_)).then_some("true");
    let source = move |symbol: Symbol, label: &'static str, hint: &'static str, list| {
        view! {
            <div class="affix">
                <Icon symbol size=IconSize::Small />
                <input
                    class="input input--mono"
                    aria-label=label
                    aria-invalid=invalid
                    placeholder=hint
                    list=list
                    spellcheck="false"
                    autocomplete="off"
                    data-test="run-mount-source"
                    prop:value=move || mount.source.get()
                    on:input=move |event| mount.source.set(event_target_value(&event))
                />
            </div>
        }
        .into_any()
    };
    let source = match mount.kind {
        MountKind::Bind => source(Symbol::Folder, words.folder_source(), "~/site", None),
        MountKind::Volume => {
            let list = Some("run-volumes");
            source(Symbol::Database, words.volume_source(), "data", list)
        }
        MountKind::Tmpfs => view! {
            <span class="row row--tight t2 run-memory-mount">
                <Icon symbol=Symbol::MemoryStick size=IconSize::Small />
                <span class="cut">{words.memory_source()}</span>
            </span>
        }
        .into_any(),
    };
    let access = (mount.kind != MountKind::Tmpfs).then(|| {
        view! {
            <select
                class="select"
                aria-label=words.access()
                data-test="run-mount-access"
                on:change=move |event| mount.read_only.set(event_target_value(&event) == "ro")
            >
                <option value="ro" selected=mount.read_only.get_untracked()>
                    {words.read_only()}
                </option>
                <option value="rw" selected=!mount.read_only.get_untracked()>
                    {words.read_write()}
                </option>
            </select>
        }
    });
    view! {
        <div class="run-mount" data-test="run-mount" data-kind=kind_word(mount.kind)>
            {source}
            <span class="t3 arrow" aria-hidden="true">
                "→"
            </span>
            <input
                class="input input--mono"
                aria-label=words.mount_target()
                aria-invalid=invalid
                placeholder="/srv/site"
                spellcheck="false"
                autocomplete="off"
                data-test="run-mount-target"
                prop:value=move || mount.target.get()
                on:input=move |event| mount.target.set(event_target_value(&event))
            />
            {access}
            <span class="run-mount-x">
                <IconButton
                    symbol=Symbol::X
                    label=words.remove()
                    on_press=move |_| form.remove_mount(mount.key)
                />
            </span>
        </div>
    }
}

fn kind_word(kind: MountKind) -> &'static str {
    match kind {
        MountKind::Bind => "folder",
        MountKind::Volume => "volume",
        MountKind::Tmpfs => "memory",
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::{MountKind, RunMount};

    use super::{Fault, Reading, read};

    fn reading(kind: MountKind, source: &str, target: &str) -> Reading {
        read(RunMount {
            kind,
            source: source.to_owned(),
            target: target.to_owned(),
            read_only: false,
        })
    }

    #[test]
    fn a_row_says_what_is_wrong_with_it() {
        let fault = |kind, source, target| match reading(kind, source, target) {
            Reading::Fault(fault) => fault,
            other => panic!("{other:?}"),
        };
        assert_eq!(fault(MountKind::Bind, "~/a", ""), Fault::Incomplete);
        assert_eq!(fault(MountKind::Volume, "", "/a"), Fault::Incomplete);
        assert_eq!(fault(MountKind::Bind, "a", "/a"), Fault::SourceAbsolute);
        assert_eq!(fault(MountKind::Volume, "~/a", "/a"), Fault::VolumeName);
        assert_eq!(fault(MountKind::Tmpfs, "", "a"), Fault::TargetAbsolute);
        assert_eq!(fault(MountKind::Bind, "/a:b", "/a"), Fault::Colon);
    }

    #[test]
    fn memory_needs_no_source_and_an_unused_row_says_nothing() {
        assert!(matches!(
            reading(MountKind::Tmpfs, "", "/run"),
            Reading::Mount(_)
        ));
        assert_eq!(reading(MountKind::Bind, "", ""), Reading::Empty);
    }
}

//! A volume's files in one tar, and a new volume of such a tar.

use gantry_view::{BackupVolume, PickFiles, PickSavePath, RestoreVolume};
use leptos::{prelude::*, task::spawn_local};

use super::usage::Usage;
use crate::{
    backend::{self, Download},
    dialogs::is_object_name,
    i18n::use_text,
    pages::files::file_name,
    parts::{
        AskFailure, AskFooter, Asking, Button, Dialog, HintedField, Layers, PathInput, Tone,
        is_path, on_enter, use_layers,
    },
    state::{Outcome, use_store},
};

/// Asks where a volume's files go.
pub fn ask_backup(layers: Layers, usage: Usage, name: String) {
    layers.open_dialog(move || view! { <BackupDialog name=name.clone() usage /> });
}

/// Asks which tar becomes a volume.
pub fn ask_restore(layers: Layers) {
    layers.open_dialog(|| view! { <RestoreDialog /> });
}

#[component]
fn BackupDialog(name: String, usage: Usage) -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let (store, layers) = (use_store(), use_layers());
    let path = RwSignal::new(format!("~/{name}.tar"));
    let found = untrack(|| usage.of(&name));
    let holds = found.map(|found| words.backup_writes(&text.size(found.bytes), found.files));
    let writers = untrack(|| {
        let users = usage.users(&name).into_iter();
        let running = users.filter(|(user, mount)| user.state.is_up() && mount.writable);
        let mut names: Vec<String> = running.map(|(user, _)| user.name).collect();
        names.dedup();
        names.join(", ")
    });
    let title = words.backup_title(&name);
    let key = StoredValue::new(name);
    let asking = Asking::new();
    let blocked = Signal::derive(move || {
        let typed = path.with(|path| is_path(path));
        (!typed).then(|| text.common.path_absolute().to_owned())
    });
    let back_up = move || {
        let request = BackupVolume {
            name: key.get_value(),
            path: store.expand_home(path.get_untracked().trim()),
        };
        asking.ask(async move {
            let task = backend::call(&request).await?;
            store.report(Outcome::Busy, text.shell.backing_up(&request.name), None);
            store.when_task_ends(&task, |_| ());
            Ok(())
        });
    };
    let choose = move |()| {
        let suggested = store.expand_home(&path.get_untracked());
        spawn_local(async move {
            let title = words.backup().trim_end_matches('…').to_owned();
            // Without an answer the path stays as it was.
            if let Ok(Some(chosen)) = backend::call(&PickSavePath { title, suggested }).await {
                let _ = path.try_set(chosen);
            }
        });
    };
    let on_choose = store.in_desktop().then(|| Callback::new(choose));
    let download = move || {
        let name = key.get_value();
        match backend::download(&Download::Volume { name: &name }) {
            Ok(()) => {
                let said = text.export.download_started();
                store.report(Outcome::Done, said.to_owned(), None);
                layers.close_dialog();
            }
            Err(failure) => store.tell_failure(words.not_backed_up(&name), Some(&failure)),
        }
    };
    let footer = move || {
        let to_browser = (!store.in_desktop()).then(|| {
            view! {
                <Button on_press=move |()| download() {..} data-test="backup-download">
                    {words.download()}
                </Button>
                <span class="push"></span>
            }
        });
        view! {
            {to_browser}
            <AskFooter
                asking
                blocked
                label=words.back_up()
                test="backup-go"
                on_press=move |()| back_up()
            />
        }
    };
    view! {
        <Dialog title width="30rem" footer>
            <div class="col" on:keydown=on_enter(blocked, back_up)>
                <p class="t2">{holds} " " {words.backup_keeps()}</p>
                {(!writers.is_empty())
                    .then(|| view! { <p class="hint hint--warn">{words.backup_writers(&writers)}</p> })}
                <PathInput
                    label=words.backup_path()
                    value=path
                    on_input=move |typed| path.set(typed)
                    on_choose
                    autofocus=true
                    test="backup-path"
                />
                <AskFailure asking />
            </div>
        </Dialog>
    }
}

#[component]
fn RestoreDialog() -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let store = use_store();
    let path = RwSignal::new(String::new());
    // Follows the file until it is typed.
    let typed_name = RwSignal::new(String::new());
    let set_path = move |typed: String| {
        let named =
            typed_name.with_untracked(|name| path.with_untracked(|path| name == stem(path)));
        if named {
            typed_name.set(stem(&typed).to_owned());
        }
        path.set(typed);
    };
    let hint = Signal::derive(move || {
        let name = typed_name.get();
        if store.volumes.get(&name).is_some() {
            (Tone::Bad, words.name_taken(&name))
        } else {
            (Tone::Plain, words.name_rule().to_owned())
        }
    });
    let blocked = Signal::derive(move || {
        if !path.with(|path| is_path(path)) {
            return Some(text.common.path_absolute().to_owned());
        }
        let (tone, why) = hint.get();
        (tone == Tone::Bad || !typed_name.with(|name| is_object_name(name))).then_some(why)
    });
    let asking = Asking::new();
    let restore = move || {
        let request = RestoreVolume {
            name: typed_name.get_untracked(),
            path: store.expand_home(path.get_untracked().trim()),
        };
        asking.ask(async move {
            let task = backend::call(&request).await?;
            store.report(Outcome::Busy, text.shell.restoring(&request.name), None);
            store.when_task_ends(&task, |_| ());
            Ok(())
        });
    };
    let choose = move |()| {
        spawn_local(async move {
            let title = words.restore().trim_end_matches('…').to_owned();
            // Without an answer the path stays as it was.
            if let Ok(paths) = backend::call(&PickFiles { title }).await
                && let Some(chosen) = paths.into_iter().next()
            {
                set_path(chosen);
            }
        });
    };
    let on_choose = store.in_desktop().then(|| Callback::new(choose));
    let footer = move || {
        view! {
            <AskFooter
                asking
                blocked
                label=words.restore_go()
                test="restore-go"
                on_press=move |()| restore()
            />
        }
    };
    view! {
        <Dialog title=words.restore_title() width="30rem" footer>
            <div class="col" on:keydown=on_enter(blocked, restore)>
                <p class="t2">{words.restore_makes()}</p>
                <PathInput
                    label=words.restore_path()
                    value=path
                    on_input=set_path
                    on_choose
                    autofocus=true
                    test="restore-path"
                />
                <HintedField
                    label=words.restore_name()
                    value=typed_name
                    hint
                    test="restore-name"
                />
                <AskFailure asking />
            </div>
        </Dialog>
    }
}

/// `shop` of `~/backups/shop.tar.gz`.
fn stem(path: &str) -> &str {
    let name = file_name(path);
    let known = [".tar.gz", ".tar.zst", ".tgz", ".tar"];
    let mut cut = known.into_iter().filter_map(|end| name.strip_suffix(end));
    cut.next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn a_volume_is_called_like_its_file() {
        assert_eq!(stem("~/backups/shop.tar.gz"), "shop");
        assert_eq!(stem("/tmp/a.b.tar"), "a.b");
        assert_eq!((stem("shop"), stem("")), ("shop", ""));
    }
}

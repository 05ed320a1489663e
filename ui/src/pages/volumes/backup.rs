//! A volume's files in one tar.

use gantry_view::{BackupVolume, PickSavePath};
use leptos::{prelude::*, task::spawn_local};

use super::usage::Usage;
use crate::{
    backend::{self, Download},
    i18n::use_text,
    parts::{
        AskFailure, AskFooter, Asking, Button, Dialog, Layers, PathInput, is_path, on_enter,
        use_layers,
    },
    state::{Outcome, use_store},
};

/// Asks where a volume's files go.
pub fn ask_backup(layers: Layers, usage: Usage, name: String) {
    layers.open_dialog(move || view! { <BackupDialog name=name.clone() usage /> });
}

#[component]
fn BackupDialog(name: String, usage: Usage) -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let (store, layers) = (use_store(), use_layers());
    let path = RwSignal::new(format!("~/{name}.tar"));
    let found = untrack(|| usage.of(&name));
    let holds = found.map(|found| words.backup_writes(&text.size(found.bytes), found.files));
    let writers = untrack(|| usage.writers(&name));
    let title = words.backup_title(&name);
    let key = StoredValue::new(name);
    let asking = Asking::new();
    // The path of which the person knows that its file is replaced.
    let replaced = StoredValue::new(None::<String>);
    let blocked = Signal::derive(move || {
        let typed = path.with(|path| is_path(path));
        (!typed).then(|| text.common.path_absolute().to_owned())
    });
    let back_up = move || {
        let path = store.expand_home(path.get_untracked().trim());
        let request = BackupVolume {
            name: key.get_value(),
            overwrite: replaced.get_value().as_ref() == Some(&path),
            path,
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
                // That dialog has asked.
                let _ = replaced.try_set_value(Some(chosen.clone()));
                let _ = path.try_set(chosen);
            }
        });
    };
    let replace = move |()| {
        replaced.set_value(Some(store.expand_home(path.get_untracked().trim())));
        back_up();
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
                <AskFailure asking on_replace=replace />
            </div>
        </Dialog>
    }
}

//! A new volume of a tar: of one of this computer, or in a browser of one that it holds.

use gantry_view::{PickFiles, RestoreVolume};
use leptos::{html, prelude::*, task::spawn_local};
use web_sys::File;

use super::name_hint;
use crate::{
    backend::{self, Upload},
    dialogs::is_object_name,
    i18n::use_text,
    pages::files::file_name,
    parts::{
        AskFailure, AskFooter, Asking, Button, ButtonSize, Dialog, HintedField, Icon, IconButton,
        Layers, PathInput, Symbol, Tone, is_path, on_enter,
    },
    state::{DialogDrop, Dropped, Outcome, use_store},
};

/// Asks which tar becomes a volume.
pub fn ask_restore(layers: Layers) {
    layers.open_dialog(|| view! { <RestoreDialog /> });
}

#[component]
fn RestoreDialog() -> impl IntoView {
    let text = use_text();
    let words = text.volumes;
    let store = use_store();
    let path = RwSignal::new(String::new());
    // A file that the browser holds, instead of one by its path.
    let picked = RwSignal::new_local(None::<File>);
    // Follows the file until it is typed.
    let typed_name = RwSignal::new(String::new());
    let set_path = move |typed: String| {
        // The dialog may be gone before that of the desktop.
        let named = typed_name
            .try_with_untracked(|name| path.try_with_untracked(|path| name == stem(path)));
        if named.flatten() == Some(true) {
            typed_name.set(stem(&typed).to_owned());
        }
        let _ = path.try_set(typed);
    };
    let hint = Signal::derive(move || typed_name.with(|name| name_hint(store, words, name)));
    let blocked = Signal::derive(move || {
        if picked.with(Option::is_none) && !path.with(|path| is_path(path)) {
            return Some(text.common.path_absolute().to_owned());
        }
        let (tone, why) = hint.get();
        (tone == Tone::Bad || !typed_name.with(|name| is_object_name(name.trim()))).then_some(why)
    });
    let asking = Asking::new();
    let restore = move || {
        let request = RestoreVolume {
            name: typed_name.with_untracked(|name| name.trim().to_owned()),
            path: store.expand_home(path.get_untracked().trim()),
        };
        let file = picked.get_untracked();
        asking.ask(async move {
            let name = request.name.clone();
            let task = match file {
                Some(file) => backend::upload_volume(&name, Upload(file)).await?,
                None => backend::call(&request).await?,
            };
            store.report(Outcome::Busy, text.shell.restoring(&name), None);
            store.when_task_ends(&task, |_| ());
            Ok(())
        });
    };
    let pick = move |file: Option<File>| {
        set_path(file.as_ref().map(File::name).unwrap_or_default());
        picked.set(file);
    };
    let take = move |dropped| match dropped {
        Dropped::Path(path) => {
            picked.set(None);
            set_path(path);
        }
        Dropped::File(file) => pick(Some(file)),
    };
    let label = words.restore_drop().to_owned();
    let take = Callback::new(take);
    store.dialog_drop.set(Some(DialogDrop { label, take }));
    on_cleanup(move || store.dialog_drop.set(None));
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
    let from = move || {
        if let Some(file) = picked.get() {
            return view! { <Picked file on_forget=move |()| pick(None) /> }.into_any();
        }
        let in_browser = !store.in_desktop();
        view! {
            <PathInput
                label=words.restore_path()
                value=path
                on_input=set_path
                on_choose
                autofocus=true
                test="restore-path"
            />
            {in_browser.then(|| view! { <PickFile on_pick=move |file| pick(Some(file)) /> })}
        }
        .into_any()
    };
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
                {from}
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

/// A file that the browser holds.
#[component]
fn Picked(file: File, #[prop(into)] on_forget: Callback<()>) -> impl IntoView {
    let text = use_text();
    let size = text.size(file.size() as u64);
    view! {
        <div class="field">
            <span class="label">{text.volumes.restore_path()}</span>
            <div class="row">
                <Icon symbol=Symbol::Package />
                <span class="mono sm cut">{file.name()}</span>
                <span class="t3 sm">{size}</span>
                <span class="push"></span>
                <IconButton
                    symbol=Symbol::X
                    label=text.volumes.restore_another()
                    small=true
                    on_press=move |_| on_forget.run(())
                />
            </div>
        </div>
    }
}

/// Has the browser choose one.
#[component]
fn PickFile(#[prop(into)] on_pick: UnsyncCallback<File>) -> impl IntoView {
    let words = use_text().volumes;
    let input = NodeRef::<html::Input>::new();
    let open = move |()| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let picked = move |_| {
        let files = input.get_untracked().and_then(|input| input.files());
        if let Some(file) = files.and_then(|files| files.item(0)) {
            on_pick.run(file);
        }
    };
    view! {
        <div>
            <input
                type="file"
                accept=".tar,.gz,.tgz,.zst"
                hidden
                node_ref=input
                on:change=picked
                data-test="restore-picked"
            />
            <Button size=ButtonSize::Small icon=Symbol::Upload on_press=open>
                {words.restore_upload()}
            </Button>
        </div>
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

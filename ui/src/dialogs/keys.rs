//! All keys at a glance.

use leptos::prelude::*;

use crate::{
    i18n::use_text,
    parts::{Button, Dialog, use_layers},
};

#[component]
pub fn KeysDialog() -> impl IntoView {
    let text = use_text();
    let layers = use_layers();
    let shell = text.shell;
    let go = [
        ("Ctrl 1", shell.key_go_to(shell.containers())),
        ("Ctrl 2", shell.key_go_to(shell.images())),
        ("Ctrl 3", shell.key_go_to(shell.find())),
        ("Ctrl 4", shell.key_go_to(shell.transfers())),
        ("Ctrl 5", shell.key_go_to(shell.volumes())),
        ("Ctrl 8", shell.key_go_to(shell.self_check())),
        ("Ctrl ,", shell.key_go_to(shell.settings())),
        ("Ctrl N", shell.key_run().to_owned()),
        ("Ctrl O", shell.key_import().to_owned()),
        ("/", shell.key_filter().to_owned()),
        ("F6", shell.key_pane().to_owned()),
        ("Ctrl + − 0", shell.key_size().to_owned()),
        ("?", shell.key_keys().to_owned()),
    ];
    let list = [
        ("↑ ↓ J K", shell.key_move()),
        ("Home End", shell.key_ends()),
        ("Enter", shell.key_open()),
        ("Esc ⌫", shell.key_back()),
        ("Space", shell.key_tick()),
        ("Shift ↑ ↓", shell.key_extend()),
        ("Ctrl A", shell.key_all()),
        ("S", shell.key_stop_start()),
        ("R", shell.key_restart()),
        ("P", shell.key_pause()),
        ("C", shell.key_commit()),
        ("O", shell.key_port()),
        ("T", shell.key_terminal()),
        ("L", shell.key_logs()),
        ("Del", shell.key_remove()),
        ("Shift F10", shell.key_menu()),
    ];
    let log = [
        ("Ctrl F", shell.key_search()),
        ("Enter", shell.key_next()),
        ("End", shell.key_follow()),
    ];
    let go = go.map(|(keys, does)| key_row(keys, does)).collect_view();
    let list = list
        .map(|(keys, does)| key_row(keys, does.to_owned()))
        .collect_view();
    let log = log
        .map(|(keys, does)| key_row(keys, does.to_owned()))
        .collect_view();
    let footer = move || {
        let close = move |()| layers.close_dialog();
        view! {
            <Button on_press=close autofocus=true>
                {text.common.close()}
            </Button>
        }
    };
    view! {
        <Dialog title=shell.keys_title() width="42rem" footer>
            <div class="keys">
                <section>
                    <h3>{shell.keys_go()}</h3>
                    <dl>{go}</dl>
                    <h3>{shell.keys_log()}</h3>
                    <dl>{log}</dl>
                </section>
                <section>
                    <h3>{shell.keys_list()}</h3>
                    <dl>{list}</dl>
                </section>
            </div>
        </Dialog>
    }
}

/// What a key does, and its caps.
fn key_row(keys: &'static str, does: String) -> impl IntoView {
    let caps = keys
        .split(' ')
        .map(|cap| view! { <kbd class="kbd">{cap}</kbd> })
        .collect_view();
    view! {
        <div class="row">
            <dt class="grow">{does}</dt>
            <dd class="kbds">{caps}</dd>
        </div>
    }
}

//! Confirmations that name every loss before the press.

use gantry_view::{Container, ContainerState, InspectContainer, MountKind};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend,
    i18n::{Text, use_text},
    parts::{Button, ButtonKind, Dialog, Glyph, Layers, use_layers},
    shell::status_of,
    state::{Store, Verb, use_store},
};

/// Removes containers: at once with undo when none of them runs, else after a dialog.
pub fn confirm_remove(store: Store, layers: Layers, ids: Vec<String>) {
    let is_up = |id: &String| {
        store
            .containers
            .get_untracked(id)
            .is_some_and(|container| container.state.is_up())
    };
    if ids.iter().any(is_up) {
        layers.open_dialog(move || view! { <RemoveDialog ids=ids.clone() /> });
    } else {
        store.remove_containers(ids);
    }
}

/// Kills a container; asks first when it is writing to a volume, as databases do.
pub fn confirm_kill(store: Store, layers: Layers, id: String) {
    let writes_to_volume = store
        .containers
        .get_untracked(&id)
        .is_some_and(|container| {
            let mut mounts = container.mounts.iter();
            mounts.any(|mount| mount.kind == MountKind::Volume && mount.writable)
        });
    if writes_to_volume {
        layers.open_dialog(move || view! { <KillDialog id=id.clone() /> });
    } else {
        store.act(&id, Verb::Kill);
    }
}

#[component]
fn RemoveDialog(ids: Vec<String>) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let containers: Vec<Container> = ids
        .iter()
        .filter_map(|id| store.containers.get_untracked(id))
        .collect();
    let words = text.dialogs;
    let many = containers.len() > 1;
    let title = match containers.as_slice() {
        [one] => words.remove_title(&one.name),
        all => words.remove_many_title(all.len()),
    };
    let lead = if many {
        words.remove_many_text()
    } else {
        words.remove_text()
    };
    let press = if many {
        words.remove_count(containers.len())
    } else {
        words.kill_and_remove().to_owned()
    };
    let footer = move || {
        let (ids, press) = (ids.clone(), press.clone());
        let keep = move |()| layers.close_dialog();
        let remove = move |()| {
            layers.close_dialog();
            store.remove_forced(ids.clone());
        };
        view! {
            <Button on_press=keep autofocus=true>
                {words.keep()}
            </Button>
            <Button kind=ButtonKind::DangerFill on_press=remove>
                {press}
            </Button>
        }
    };
    let losses = containers
        .into_iter()
        .map(|container| view! { <Losses container /> })
        .collect_view();
    view! {
        <Dialog title alert=true footer>
            <div class="col">
                <p class="t2">{lead}</p>
                <div class="card losses">{losses}</div>
                <p class="sm t3">{words.keeps()}</p>
            </div>
        </Dialog>
    }
}

/// One container with what goes when it goes.
#[component]
fn Losses(container: Container) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let words = text.dialogs;
    let changed = RwSignal::new(None::<u64>);
    let id = container.id.clone();
    spawn_local(async move {
        if let Ok(detail) = backend::call(&InspectContainer { id }).await {
            let _ = changed.try_set(detail.changed_bytes);
        }
    });
    let state = state_text(text, &container, store.now.get_untracked());
    let kind = status_of(&container, None);
    let loses = move || match changed.get() {
        Some(bytes) => words.loses_changes(&text.size(bytes), &text.exact_bytes(bytes)),
        None => words.loses_changes_unknown().to_owned(),
    };
    view! {
        <div class="row loss">
            <Glyph kind />
            <span class="grow">
                <span class="med cut">{container.name}</span>
                <span class="sm t3">{state} " · " {loses} ", " {words.loses_log()}</span>
            </span>
        </div>
    }
}

fn state_text(text: Text, container: &Container, now: i64) -> String {
    let words = text.dialogs;
    match (container.state, container.started_at) {
        (ContainerState::Running, Some(started)) => words.running_for(&text.span(now - started)),
        (ContainerState::Paused, _) => words.paused().to_owned(),
        _ => words.stopped().to_owned(),
    }
}

#[component]
fn KillDialog(id: String) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let words = text.dialogs;
    let name = store.name_of(&id);
    let footer = move || {
        let (kill_id, stop_id) = (id.clone(), id.clone());
        let act = move |id: &str, verb| {
            layers.close_dialog();
            store.act(id, verb);
        };
        let stop = move |()| act(&stop_id, Verb::Stop);
        let kill = move |()| act(&kill_id, Verb::Kill);
        view! {
            <Button on_press=move |()| layers.close_dialog()>{words.keep_running()}</Button>
            <Button on_press=stop autofocus=true>
                {words.stop_instead()}
            </Button>
            <Button kind=ButtonKind::DangerFill on_press=kill>
                {words.kill()}
            </Button>
        }
    };
    view! {
        <Dialog title=words.kill_title(&name) alert=true footer>
            <p class="t2">{words.kill_text()}</p>
        </Dialog>
    }
}

//! An image that containers need: who they are, and what can be done instead.

use gantry_view::{Container, Failure, Image, RemoveContainer};
use leptos::prelude::*;

use super::remove::{Force, ask_with_containers, name_of, send};
use crate::{
    backend,
    i18n::{Text, use_text},
    parts::{
        AskFailure, AskFooter, Asking, Button, ButtonKind, ButtonSize, Dialog, Glyph, use_layers,
    },
    shell::{status_of, status_words},
    state::{Outcome, Route, Store, use_store},
};

fn containers_of(store: Store, image: &Image) -> Vec<Container> {
    image
        .used_by
        .iter()
        .filter_map(|id| store.containers.get_untracked(id))
        .collect()
}

/// Says why nothing was removed, and offers to open who stands in the way, to take only the tag,
/// or to remove both.
#[component]
pub fn InUseDialog(id: String) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let words = text.image_removal;
    let Some(image) = store.images.get_untracked(&id) else {
        layers.close_dialog();
        return ().into_any();
    };
    let containers = containers_of(store, &image);
    let count = containers.len();
    let name = name_of(&image);
    let lead = if count == 1 {
        words.in_use_one(&name)
    } else {
        words.in_use_many(&name, count)
    };
    let asking = Asking::new();
    let names = StoredValue::new(image.tags.clone());
    let untag = move || {
        asking.ask(async move {
            let mut answer = Ok(());
            for name in names.get_value() {
                answer = answer.and(send(store, &name, Force::Yes).await);
            }
            answer
        });
    };
    let no_tag = names
        .with_value(Vec::is_empty)
        .then(|| words.no_tag_left().to_owned());
    let many_tags = names.with_value(Vec::len) > 1;
    let footer = move || {
        let (id, no_tag) = (id.clone(), no_tag.clone());
        let ask = move || {
            layers.close_dialog();
            ask_with_containers(layers, id.clone());
        };
        view! {
            <Button
                busy=asking.is_busy()
                disabled=Signal::stored(no_tag)
                on_press=move |()| untag()
                {..}
                data-test="remove-tag-only"
            >
                {if many_tags { words.only_tags() } else { words.only_tag() }}
            </Button>
            <span class="push"></span>
            <Button on_press=move |()| layers.close_dialog() {..} data-autofocus="">
                {words.keep()}
            </Button>
            <Button kind=ButtonKind::Danger on_press=move |()| ask() {..} data-test="remove-both">
                {if count > 1 { words.all_of_them() } else { words.both() }}
            </Button>
        }
    };
    let shared = image.size.saturating_sub(image.unique_size);
    let frees = words.both_frees(&text.size(image.unique_size));
    let stays = (shared > 0).then(|| words.stays_shared(&text.size(shared)));
    let holders = containers
        .into_iter()
        .map(|container| view! { <Holder container /> })
        .collect_view();
    view! {
        <Dialog title=words.in_use_title() width="32rem" alert=true footer>
            <div class="col" data-test="image-in-use">
                <p class="t2">{lead}</p>
                <div class="card losses">{holders}</div>
                <p class="sm t3">{frees} " " {stays}</p>
                <AskFailure asking />
            </div>
        </Dialog>
    }
    .into_any()
}

/// A container that needs the image, and the way to it.
#[component]
fn Holder(container: Container) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let kind = status_of(&container, None);
    let state = state_of(text, store, &container);
    let id = container.id.clone();
    let open = move |()| {
        layers.close_dialog();
        store.go(Route::container(&id));
    };
    view! {
        <div class="row loss">
            <Glyph kind />
            <span class="grow">
                <span class="med cut">{container.name}</span>
                <span class="sm t3">{state}</span>
            </span>
            <Button size=ButtonSize::Small on_press=open>
                {text.image_removal.open()}
            </Button>
        </div>
    }
}

fn state_of(text: Text, store: Store, container: &Container) -> String {
    let now = store.now.get_untracked();
    match (container.state.is_up(), container.started_at) {
        (true, Some(started)) => text.dialogs.running_for(&text.span(now - started)),
        _ => status_words(text, container, None).to_lowercase(),
    }
}

/// The last question: containers and image go together, for good.
#[component]
pub fn WithContainersDialog(id: String) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let words = text.image_removal;
    let Some(image) = store.images.get_untracked(&id) else {
        layers.close_dialog();
        return ().into_any();
    };
    let containers = containers_of(store, &image);
    let name = name_of(&image);
    let lead = if containers.iter().any(|container| container.state.is_up()) {
        words.both_text()
    } else {
        words.both_text_stopped()
    };
    let asking = Asking::new();
    let ids: Vec<String> = containers
        .iter()
        .map(|container| container.id.clone())
        .collect();
    let (count, title) = (ids.len(), words.both_title(&name));
    let everything = StoredValue::new((id, name, ids));
    let remove = move || {
        let (id, name, ids) = everything.get_value();
        asking.ask(async move { remove_all(store, &id, &name, ids).await });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                kind=ButtonKind::DangerFill
                keep=words.keep()
                label=words.remove_count(count)
                test="confirm-remove"
                on_press=move |()| remove()
            />
        }
    };
    let losses = containers
        .into_iter()
        .map(|container| {
            let kind = status_of(&container, None);
            let state = state_of(text, store, &container);
            view! {
                <div class="row loss">
                    <Glyph kind />
                    <span class="grow">
                        <span class="med cut">{container.name}</span>
                        <span class="sm t3">{state} " · " {words.its_changes()}</span>
                    </span>
                </div>
            }
        })
        .collect_view();
    let freed = image.unique_size;
    view! {
        <Dialog title alert=true footer>
            <div class="col">
                <p class="t2">{lead}</p>
                <div class="card losses">
                    {losses}
                    <div class="row loss">
                        <span class="grow">
                            {words.the_image(&text.size(freed), &text.exact_bytes(freed))}
                        </span>
                    </div>
                </div>
                <p class="sm t3">{words.cannot_undo()}</p>
                <AskFailure asking />
            </div>
        </Dialog>
    }
    .into_any()
}

/// The containers first, then the image; stops at the first that cannot go.
async fn remove_all(
    store: Store,
    id: &str,
    name: &str,
    containers: Vec<String>,
) -> Result<(), Failure> {
    let count = containers.len();
    for container in containers {
        backend::call(&RemoveContainer {
            id: container,
            force: true,
            volumes: false,
            undo_ms: 0,
        })
        .await?;
    }
    send(store, id, Force::Yes).await?;
    let words = store.text().image_removal.removed_with(name, count);
    store.report(Outcome::Done, words, None);
    Ok(())
}

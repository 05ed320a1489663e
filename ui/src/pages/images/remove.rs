//! Removing an image or a name of it: at once with undo where nothing is lost for good, else after
//! a dialog that names every loss.

use gantry_view::{Failure, Image};
use leptos::{prelude::*, task::spawn_local};

use super::in_use::{InUseDialog, WithContainersDialog};
use crate::{
    i18n::use_text,
    parts::{
        AskFailure, AskFooter, Asking, Button, ButtonKind, Dialog, ErrorCard, ImageName, Layers,
        split_reference, use_layers,
    },
    state::{Outcome, Route, Store, use_store},
};

/// What an image is called here: its first name, or its short id.
pub fn name_of(image: &Image) -> String {
    image
        .tags
        .first()
        .cloned()
        .unwrap_or_else(|| split_reference(&image.id).0.to_owned())
}

/// Takes one name away. The last name of an image takes the image with it.
pub fn untag(store: Store, layers: Layers, name: String) {
    match named(store, &name) {
        Some(image) if image.tags.len() <= 1 => remove_image(store, layers, &image.id),
        _ => run(store, layers, name, Force::No),
    }
}

/// Removes the image with all its names.
pub fn remove_image(store: Store, layers: Layers, id: &str) {
    let Some(image) = store.images.get_untracked(id) else {
        return;
    };
    let id = image.id.clone();
    if !image.used_by.is_empty() {
        layers.open_dialog(move || view! { <InUseDialog id=id.clone() /> });
    } else if image.tags.len() > 1 {
        layers.open_dialog(move || view! { <NamesDialog id=id.clone() /> });
    } else {
        run(store, layers, name_of(&image), Force::No);
    }
}

/// Opens the last question before containers go together with their image.
pub fn ask_with_containers(layers: Layers, id: String) {
    layers.open_dialog(move || view! { <WithContainersDialog id=id.clone() /> });
}

/// Whether the person has seen in a dialog what goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    No,
    Yes,
}

fn run(store: Store, layers: Layers, reference: String, force: Force) {
    spawn_local(async move {
        if let Err(failure) = send(store, &reference, force).await {
            refused(store, layers, &reference, failure);
        }
    });
}

/// Removes and leaves the page of an image that is gone.
pub async fn send(store: Store, reference: &str, force: Force) -> Result<(), Failure> {
    let before = named(store, reference);
    let force = force == Force::Yes;
    store.remove_image(reference.to_owned(), force).await?;
    if let Some(image) = before {
        // The last name of an image in use leaves the image behind.
        let is_gone = image.id == reference || (image.tags.len() <= 1 && image.used_by.is_empty());
        if is_gone
            && store
                .route
                .with_untracked(|route| *route == Route::image(&image.id))
        {
            store.go(Route::Images { open: None });
        }
    }
    Ok(())
}

/// The image with this name or id.
fn named(store: Store, reference: &str) -> Option<Image> {
    let fits =
        |image: &Image| image.id == reference || image.tags.iter().any(|tag| tag == reference);
    untrack(|| store.images.filtered(fits)).pop()
}

/// The engine said no: the image came into use meanwhile, or something is wrong.
fn refused(store: Store, layers: Layers, reference: &str, failure: Failure) {
    let title = store.text().image_removal.failed(reference);
    store.report(Outcome::Failed, title.clone(), None);
    match named(store, reference) {
        Some(image) if failure.code == "image-in-use" && !image.used_by.is_empty() => {
            layers.open_dialog(move || view! { <InUseDialog id=image.id.clone() /> });
        }
        _ => layers.open_dialog(move || {
            view! { <FailureDialog title=title.clone() failure=failure.clone() /> }
        }),
    }
}

/// An image with several names: all of them are named before they go.
#[component]
fn NamesDialog(id: String) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let words = text.image_removal;
    let Some(image) = store.images.get_untracked(&id) else {
        layers.close_dialog();
        return ().into_any();
    };
    let first = name_of(&image);
    let asking = Asking::new();
    let go = move |reference: String, force: Force| {
        asking.ask(async move { send(store, &reference, force).await });
    };
    let title = words.names_title(&first);
    let only = words.only_this_name(&first);
    let footer = move || {
        let (id, first, only) = (id.clone(), first.clone(), only.clone());
        view! {
            <Button on_press=move |()| go(first.clone(), Force::No) busy=asking.is_busy()>
                {only}
            </Button>
            <span class="push"></span>
            <AskFooter
                asking
                kind=ButtonKind::DangerFill
                keep=words.keep()
                label=words.remove_image()
                test="remove-image"
                on_press=move |()| go(id.clone(), Force::Yes)
            />
        }
    };
    let count = image.tags.len();
    let frees = words.frees(
        &text.size(image.unique_size),
        &text.exact_bytes(image.unique_size),
    );
    let names = image
        .tags
        .into_iter()
        .map(|reference| view! { <div class="row loss"><ImageName reference /></div> })
        .collect_view();
    view! {
        <Dialog title alert=true footer>
            <div class="col">
                <p class="t2">{words.names_text(count)}</p>
                <div class="card losses">{names}</div>
                <p class="sm t3">{frees} " " {words.cannot_undo()}</p>
                <AskFailure asking />
            </div>
        </Dialog>
    }
    .into_any()
}

/// A removal that failed for another reason than use.
#[component]
fn FailureDialog(title: String, failure: Failure) -> impl IntoView {
    let text = use_text();
    let layers = use_layers();
    let footer = move || {
        view! {
            <Button on_press=move |()| layers.close_dialog() {..} data-autofocus="">
                {text.common.close()}
            </Button>
        }
    };
    view! {
        <Dialog title alert=true footer>
            <ErrorCard failure />
        </Dialog>
    }
}

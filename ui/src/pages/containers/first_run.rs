//! The page while there are no containers: run one, or bring in an image first.

use leptos::{html, prelude::*};
use web_sys::File;

use crate::{
    dialogs,
    i18n::use_text,
    pages::transfers::{AddWelcome, CopyOffers, ImportFailure},
    parts::{Button, ButtonKind, ButtonSize, CraneDrawing, Icon, IconSize, Symbol, use_layers},
    state::{Route, use_store},
};

#[component]
pub fn FirstRun() -> impl IntoView {
    let store = use_store();
    let has_images = Memo::new(move |_| !store.images.is_empty());
    view! {
        <div class="body first" data-pane="">
            {move || {
                if has_images.get() {
                    view! { <RunOne /> }.into_any()
                } else {
                    view! { <BringInAnImage /> }.into_any()
                }
            }}
        </div>
    }
}

/// Images are there: what is missing is a container.
#[component]
fn RunOne() -> impl IntoView {
    let text = use_text().containers;
    let (store, layers) = (use_store(), use_layers());
    let images = move || {
        let mut names = Vec::new();
        store.images.for_each(|image| {
            if let Some(name) = image.tags.first().filter(|_| image.runnable) {
                names.push((name.clone(), image.id.clone()));
            }
        });
        names.sort();
        names
            .into_iter()
            .take(5)
            .map(|(name, _)| {
                let image = name.clone();
                view! {
                    <button
                        type="button"
                        class="card li"
                        on:click=move |_| dialogs::open_run(layers, Some(image.clone()))
                    >
                        <Icon symbol=Symbol::Layers />
                        <span class="grow a cut">{name}</span>
                        <span class="t3 sm">{text.run_it()}</span>
                        <Icon symbol=Symbol::ChevronRight size=IconSize::Small />
                    </button>
                }
            })
            .collect_view()
    };
    view! {
        <section class="first-b">
            <div class="empty">
                <h3>{text.none_title()}</h3>
                <p>{text.none_text()}</p>
            </div>
            <div class="col">{images}</div>
        </section>
    }
}

/// Nothing is there yet: the built-in image, or a file.
#[component]
fn BringInAnImage() -> impl IntoView {
    let text = use_text().containers;
    view! {
        <section class="first-b" aria-labelledby="first-title">
            <h2 id="first-title">{text.first_title()}</h2>
            <p class="t2">{text.first_text()}</p>
            <div class="card welcome">
                <Icon symbol=Symbol::Container size=IconSize::Large />
                <span class="grow">
                    <span class="med">{text.welcome_title()}</span>
                    <span class="sm t3">{text.welcome_text()}</span>
                </span>
                <AddWelcome kind=ButtonKind::Primary />
            </div>
            <CopyOffers />
            <ImportFailure />
            <div class="or">
                <span>{text.or()}</span>
            </div>
            <DropBox />
        </section>
    }
}

#[component]
fn DropBox() -> impl IntoView {
    let text = use_text().containers;
    let store = use_store();
    let input = NodeRef::<html::Input>::new();
    let choose = move |()| {
        if store.in_desktop() {
            store.pick_and_import();
        } else if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        let files = input.files().map(|list| {
            (0..list.length())
                .filter_map(|index| list.item(index))
                .collect::<Vec<File>>()
        });
        store.import_files(files.unwrap_or_default());
        store.go(Route::Transfers);
        input.set_value("");
    };
    view! {
        <div class="drop first-drop" data-over=move || store.dragged_files.get().map(|_| "")>
            <CraneDrawing />
            <span>
                <span class="semi drop-title">{text.drop_title()}</span>
                <span class="sm">{text.drop_text()}</span>
            </span>
            <Button size=ButtonSize::Small icon=Symbol::FolderOpen on_press=choose>
                {text.choose_file()}
            </Button>
            <input type="file" multiple hidden node_ref=input on:change=chosen />
        </div>
    }
}

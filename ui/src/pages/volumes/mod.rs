//! Volumes: who uses what, what they hold; make and remove.

mod contents;
mod create;
mod detail;
mod list;
mod remove;
mod usage;

use leptos::prelude::*;

use self::{create::CreateDialog, detail::Detail, list::VolumeList, usage::Usage};
use crate::{
    i18n::use_text,
    parts::{Button, Empty, Symbol, use_layers},
    shell::Head,
    state::{Route, use_store},
};

#[component]
pub fn VolumesPage() -> impl IntoView {
    let text = use_text().volumes;
    let (store, layers) = (use_store(), use_layers());
    let usage = Usage::follow(store);
    let create = move || layers.open_dialog(move || view! { <CreateDialog /> });
    let sub = Signal::derive(move || match store.volumes.len() {
        0 => String::new(),
        count => text.sub(count),
    });
    let chosen = Memo::new(move |_| {
        store.route.with(|route| match route {
            Route::Volumes { open } => open.clone(),
            _ => None,
        })
    });
    // Without a choice the largest is shown, so that the page is never half empty.
    let open = Memo::new(move |_| {
        chosen
            .get()
            .or_else(|| usage.order(store).into_iter().next())
    });
    let is_empty = Memo::new(move |_| store.loaded.get() && store.volumes.is_empty());
    view! {
        <Head title=text.title() sub>
            <Button
                icon=Symbol::Plus
                on_press=move |()| create()
                {..}
                data-test="new-volume"
            >
                {text.new_volume()}
            </Button>
        </Head>
        <Show
            when=move || !is_empty.get()
            fallback=move || {
                view! {
                    <div class="body">
                        <Empty title=text.none_title() text=text.none_text()>
                            <Button icon=Symbol::Plus on_press=move |()| create()>
                                {text.new_volume()}
                            </Button>
                        </Empty>
                    </div>
                }
            }
        >
            <div class="split split--volumes">
                <VolumeList usage open />
                <div class="handle" role="presentation"></div>
                {move || match open.get() {
                    Some(name) => view! { <Detail name usage /> }.into_any(),
                    None => view! { <aside class="pane pane--sunken"></aside> }.into_any(),
                }}
            </div>
        </Show>
    }
}

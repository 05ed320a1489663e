//! What one layer holds, or an image up to it.

use gantry_view::{Step, Waste};
use leptos::prelude::*;

use super::{
    hits::Hits,
    save_entry::{self, save, why_not},
};
use crate::{
    i18n::use_text,
    pages::files::{Chosen, FileTree, Source},
    parts::{
        Banner, BannerKind, Button, ButtonSize, Digest, Empty, Icon, IconButton, IconSize, Segment,
        Segmented, Symbol,
    },
    state::use_store,
};

/// What stays while one goes from layer to layer.
#[derive(Clone, Copy)]
pub struct View {
    /// All layers up to the chosen one instead of that one alone.
    pub whole: RwSignal<bool>,
    pub query: RwSignal<String>,
    /// `None` until it was added up.
    pub waste: RwSignal<Option<Waste>>,
    /// The number of the step that made a layer.
    pub step_of_layer: Callback<u32, u32>,
}

/// `layer` is the step's own, or the last one below a step without files. `on_back` leads from the
/// files to the layers where there is room for one only.
#[component]
pub fn LayerFiles(
    image: String,
    step: Step,
    layer: Option<u32>,
    view: View,
    #[prop(into)] on_back: Callback<()>,
) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let words = text.images;
    let View { whole, query, .. } = view;
    let number = step.number;
    let own = step.layer.clone();
    let chosen = RwSignal::new(Chosen::None);
    let size = own
        .as_ref()
        .map(|layer| words.layer_size(&text.size(layer.size), layer.files));
    let searching = Memo::new(move |_| query.with(|query| !query.trim().is_empty()));
    let own_index = own.as_ref().map(|layer| layer.index);
    let source = Memo::new(move |_| {
        let whole = whole.get() || searching.get();
        let layer = if whole { layer } else { own_index };
        layer.map(|layer| Source::Layer {
            image: image.clone(),
            layer,
            whole,
        })
    });
    let has_own = own.as_ref().is_some_and(|layer| layer.files > 0);
    let content = move || {
        let source = source.get();
        chosen.set(None);
        match source {
            Some(source) if searching.get() => view! { <Hits source chosen view /> }.into_any(),
            Some(source) if whole.get() || has_own => {
                let label = words.files_in(number);
                let of = source.clone();
                let menu =
                    move |(path, entry): (String, _)| save_entry::menu(store, &of, &path, &entry);
                view! { <FileTree source label chosen menu /> }.into_any()
            }
            _ => view! { <Empty title=words.no_files() text=words.no_files_text() /> }.into_any(),
        }
    };
    let scopes = vec![
        Segment::new(false, words.this_layer()),
        Segment::new(true, words.up_to_here()),
    ];
    view! {
        <section class="pane" aria-label=words.files_in(number) data-pane="">
            <div class="pane-h">
                <span class="only-narrow">
                    <IconButton
                        symbol=Symbol::ChevronLeft
                        label=words.back_to_layers()
                        small=true
                        on_press=move |_| on_back.run(())
                    />
                </span>
                <span class="grow cut">
                    <span class="med">{words.layer(number)}</span>
                    " "
                    <span class="t3 sm">{size}</span>
                </span>
                <Segmented
                    label=words.scope()
                    segments=scopes
                    value=whole
                    on_choose=move |choice| whole.set(choice)
                    class="seg--sm"
                />
            </div>
            <div class="row layer-tools">
                <Search number query />
                {own.map(|layer| view! { <Digest value=layer.diff_id /> })}
            </div>
            {content}
            <ChosenEntry source chosen step_of_layer=view.step_of_layer />
            {own_index.map(|index| view! { <WasteNote index view /> })}
        </section>
    }
}

#[component]
fn Search(number: u32, query: RwSignal<String>) -> impl IntoView {
    let words = use_text().images;
    view! {
        <label class="affix grow">
            <Icon symbol=Symbol::Search size=IconSize::Small />
            <input
                class="input"
                type="search"
                placeholder=words.search_in(number)
                aria-label=words.search_in(number)
                spellcheck="false"
                autocomplete="off"
                prop:value=move || query.get()
                on:input=move |event| query.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Escape" && !query.with_untracked(String::is_empty) {
                        event.stop_propagation();
                        query.set(String::new());
                    }
                }
                data-test="layer-search"
            />
        </label>
    }
}

/// What of the layer ships in vain.
#[component]
fn WasteNote(index: u32, view: View) -> impl IntoView {
    let text = use_text();
    move || {
        let layers = |waste: &Option<Waste>| waste.as_ref()?.layers.get(index as usize).cloned();
        let layer = view.waste.with(layers)?;
        let by = view.step_of_layer.run(layer.by?);
        let size = text.size(layer.bytes);
        Some(view! {
            <Banner kind=BannerKind::Warn bar=true>
                <span class="sm" data-test="layer-waste">
                    {text.images.wasted_by(by, &size)}
                </span>
            </Banner>
        })
    }
}

/// What the chosen line is, and the way to take it out.
#[component]
fn ChosenEntry(
    source: Memo<Option<Source>>,
    chosen: RwSignal<Chosen>,
    step_of_layer: Callback<u32, u32>,
) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let words = text.images;
    move || {
        let (path, entry) = chosen.get()?;
        let source = source.get()?;
        let reason = why_not(text, &source, &entry).map(str::to_owned);
        let step = step_of_layer.run(entry.layer);
        let about = words.entry_about(entry.mode, &text.exact_bytes(entry.size), step);
        let shown = format!("/{path}");
        let press = move || save(store, &source, path.clone());
        Some(view! {
            <div class="row entry-foot" data-test="entry-foot">
                <span class="grow cut">
                    <span class="mono sm selectable" title=shown.clone()>
                        {shown.clone()}
                    </span>
                    <span class="t3 xs entry-about">{about}</span>
                </span>
                <Button
                    size=ButtonSize::Small
                    icon=Symbol::Download
                    disabled=Signal::derive(move || reason.clone())
                    on_press=move |()| press()
                    {..}
                    data-test="save-entry"
                >
                    {words.save_file()}
                </Button>
            </div>
        })
    }
}

//! One image in full: what it is, and its layers, configuration, history and containers.

use std::sync::Arc;

use gantry_view::{Failure, Image, ImageDetail, ImageWaste, InspectImage, Step, Waste};
use leptos::{prelude::*, task::spawn_local};

use super::{
    configuration::Configuration, groups::Entry, header::Header, history::History, layers::Layers,
    remove::name_of, used_by::UsedBy,
};
use crate::{
    backend,
    i18n::{Clock, use_text},
    parts::{Empty, ErrorCard, TabItem, Tabs},
    state::{CommandLine, Outcome, Route, Store, use_store},
};

/// A tab of the detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Layers,
    Configuration,
    History,
    UsedBy,
}

type Answer = Option<Result<Arc<ImageDetail>, Failure>>;

/// The head is told by the list and there at once; the rest follows when it is read. `entry` is
/// the name that an image was opened by.
#[component]
pub fn Detail(id: String, entry: RwSignal<Option<Entry>>) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let known = StoredValue::new(id);
    let image = Memo::new(move |_| known.with_value(|id| store.images.get(id)));
    let answer = read(store, known, image);
    let content = move || {
        // Only its coming and going matters here; the parts follow the image themselves.
        if image.with(Option::is_some) {
            view! { <Content image entry answer /> }.into_any()
        } else if store.loaded.get() {
            view! { <Empty title=text.images.gone_title() text=text.images.gone_text() /> }
                .into_any()
        } else {
            ().into_any()
        }
    };
    let is_here = Memo::new(move |_| image.with(Option::is_some));
    let label = move || image.with(|image| image.as_ref().map(name_of));
    view! {
        <section class="pane" aria-label=label data-pane="" data-test="image-detail">
            {move || {
                is_here.with(|_| ());
                untrack(content)
            }}
        </section>
    }
}

/// Reads the image, and again whenever the list tells that it changed.
fn read(store: Store, known: StoredValue<String>, image: Memo<Option<Image>>) -> RwSignal<Answer> {
    let answer = RwSignal::new(None);
    Effect::new(move |before: Option<()>| {
        image.track();
        let id = known.get_value();
        let chosen = id.clone();
        let is_first = before.is_none();
        spawn_local(async move {
            let begun = Clock::now();
            let result = backend::call(&InspectImage { id }).await.map(Arc::new);
            // What the page chose by itself is no action to tell of.
            let was_chosen = store.route.with_untracked(
                |route| matches!(route, Route::Images { open: Some(open) } if *open == chosen),
            );
            if let (Ok(detail), true) = (&result, is_first && was_chosen) {
                tell(store, detail, Clock::now() - begun);
            }
            // Another image may be open by now.
            let _ = answer.try_set(Some(result));
        });
    });
    answer
}

/// Adds up what is wasted; without an answer it stays unknown.
fn read_waste(image: Memo<Option<Image>>) -> RwSignal<Option<Waste>> {
    let waste = RwSignal::new(None);
    let id = image.with_untracked(|image| image.as_ref().map(|image| image.id.clone()));
    spawn_local(async move {
        let Some(id) = id else { return };
        if let Ok(answer) = backend::call(&ImageWaste { id }).await {
            let _ = waste.try_set(Some(answer));
        }
    });
    waste
}

fn tell(store: Store, detail: &ImageDetail, took: i64) {
    let text = store.text();
    let count = detail.image.layers as usize;
    let command = CommandLine::new(["history".to_owned(), name_of(&detail.image)]);
    let words = text.images.read_layers(count, &text.took(took));
    store.report(Outcome::Done, words, Some(command));
}

#[component]
fn Content(
    image: Memo<Option<Image>>,
    entry: RwSignal<Option<Entry>>,
    answer: RwSignal<Answer>,
) -> impl IntoView {
    let text = use_text();
    let words = text.images;
    let part = RwSignal::new(Part::Layers);
    let waste = read_waste(image);
    let steps = Memo::new(move |_| -> Option<Vec<Step>> {
        answer.with(|answer| match answer {
            Some(Ok(detail)) => Some(detail.steps.clone()),
            _ => None,
        })
    });
    let detail = Memo::new(move |_| {
        answer.with(|answer| match answer {
            Some(Ok(detail)) => Some(Arc::clone(detail)),
            _ => None,
        })
    });
    let failure = Memo::new(move |_| {
        answer.with(|answer| match answer {
            Some(Err(failure)) => Some(failure.clone()),
            _ => None,
        })
    });
    let layers =
        move || image.with(|image| image.as_ref().map_or(0, |image| image.layers as usize));
    let users = move || image.with(|image| image.as_ref().map_or(0, |image| image.used_by.len()));
    let tabs = vec![
        TabItem::new(Part::Layers, words.layers()).count(Signal::derive(layers)),
        TabItem::new(Part::Configuration, words.configuration()),
        TabItem::new(Part::History, words.history()),
        TabItem::new(Part::UsedBy, words.used_by()).count(Signal::derive(users)),
    ];
    let id = move || image.with_untracked(|image| image.as_ref().map(|image| image.id.clone()));
    let body = move || {
        if let Some(failure) = failure.get() {
            return view! {
                <div class="pad">
                    <ErrorCard failure />
                </div>
            }
            .into_any();
        }
        match part.get() {
            Part::Layers => steps
                .get()
                .map(|steps| view! { <Layers image=id().unwrap_or_default() steps waste /> })
                .into_any(),
            Part::Configuration => detail
                .get()
                .map(|detail| view! { <Configuration detail /> })
                .into_any(),
            Part::History => steps
                .get()
                .map(|steps| view! { <History steps /> })
                .into_any(),
            Part::UsedBy => view! { <UsedBy image /> }.into_any(),
        }
    };
    view! {
        <Header image entry waste show_users=move |()| part.set(Part::UsedBy) />
        <Tabs tabs value=part on_choose=move |chosen| part.set(chosen) />
        {body}
    }
}

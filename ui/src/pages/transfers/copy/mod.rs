//! Docker or Podman on this computer, and the way from there to here.

mod pick;

use gantry_view::{OtherEngine, OtherEngines};
use leptos::{prelude::*, task::spawn_local};

use self::pick::CopyDialog;
use crate::{
    backend,
    i18n::use_text,
    parts::{Button, CommandText, Icon, Symbol, use_layers},
};

/// A card for each engine that listens; nothing where there is none.
#[component]
pub fn CopyOffers() -> impl IntoView {
    let found = RwSignal::new(Vec::<OtherEngine>::new());
    spawn_local(async move {
        // Whoever has no other engine need not hear that none could be looked for.
        if let Ok(engines) = backend::call(&OtherEngines {}).await {
            let _ = found.try_set(engines);
        }
    });
    let card = |engine: OtherEngine| match engine.version.clone() {
        Some(version) => view! { <Offer engine version /> }.into_any(),
        None => view! { <Closed engine /> }.into_any(),
    };
    view! { <For each=move || found.get() key=|engine| engine.socket.clone() children=card /> }
}

#[component]
fn Offer(engine: OtherEngine, version: String) -> impl IntoView {
    let words = use_text().copy_from;
    let layers = use_layers();
    let title = words.found(&engine.name, &version);
    let socket = engine.socket.clone();
    let open = move || {
        let engine = engine.clone();
        layers.open_dialog(move || view! { <CopyDialog engine=engine.clone() /> });
    };
    view! {
        <div class="card row welcome-offer" title=socket data-test="copy-offer">
            <Icon symbol=Symbol::Container />
            <span class="grow">
                <span class="med">{title}</span>
                <span class="sm t3 welcome-text">{words.found_text()}</span>
            </span>
            <Button on_press=move |()| open() {..} data-test="copy-open">
                {words.open()}
            </Button>
        </div>
    }
}

/// It is there, and its socket is for others.
#[component]
fn Closed(engine: OtherEngine) -> impl IntoView {
    let words = use_text().copy_from;
    let program = engine.name.to_lowercase();
    let command = format!("sudo {program} save IMAGE | gantry load");
    view! {
        <div class="card row welcome-offer" data-test="copy-closed">
            <Icon symbol=Symbol::Container />
            <span class="grow col">
                <span>
                    <span class="med">{words.closed(&engine.name)}</span>
                    <span class="sm t3 welcome-text">{words.closed_text(&engine.socket)}</span>
                </span>
                <CommandText command />
            </span>
        </div>
    }
}

//! Where an image has no shell: another image's, beside the container.

use gantry_view::TerminalProgram;
use leptos::prelude::*;

use super::sessions::Terminals;
use crate::{
    i18n::use_text,
    parts::{Button, ButtonKind, Empty, Symbol},
    state::use_store,
};

#[component]
pub fn NoShell(id: StoredValue<String>, number: u32) -> impl IntoView {
    let words = use_text().terminal;
    let store = use_store();
    let terminals = expect_context::<Terminals>();
    let images = untrack(|| {
        let mut names: Vec<String> = Vec::new();
        let own = id.with_value(|id| store.containers.get_untracked(id));
        let own = own.map(|container| container.image_id);
        store.images.for_each(|image| {
            if own.as_ref() != Some(&image.id) {
                names.extend(image.tags.iter().cloned());
            }
        });
        names.sort();
        names
    });
    let image = RwSignal::new(images.first().cloned().unwrap_or_default());
    let none = images.is_empty();
    let blocked = Signal::derive(move || none.then(|| words.toolbox_none().to_owned()));
    let open = move || {
        let program = TerminalProgram::Toolbox {
            image: image.get_untracked(),
        };
        terminals.open(store, &id.get_value(), program);
        terminals.close(&id.get_value(), number);
    };
    let options = images
        .into_iter()
        .map(|name| view! { <option value=name.clone()>{name.clone()}</option> })
        .collect_view();
    view! {
        <div class="term-over" data-test="terminal-no-shell">
            <Empty
                title=words.no_shell_title().to_owned()
                text=words.no_shell_text().to_owned()
            >
                <div class="row">
                    <select
                        class="select"
                        aria-label=words.toolbox_image()
                        data-test="toolbox-image"
                        on:change=move |event| image.set(event_target_value(&event))
                    >
                        {options}
                    </select>
                    <Button
                        kind=ButtonKind::Plain
                        icon=Symbol::Terminal
                        disabled=blocked
                        on_press=move |()| open()
                        {..}
                        data-test="toolbox-open"
                    >
                        {words.toolbox_open()}
                    </Button>
                </div>
                <p class="hint">{words.toolbox_what()}</p>
            </Empty>
        </div>
    }
}

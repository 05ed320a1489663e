//! Where an image has no shell: another image's, beside the container.

use gantry_view::{TerminalProgram, ToolboxImages};
use leptos::{prelude::*, task::spawn_local};

use super::sessions::Terminals;
use crate::{
    backend,
    i18n::use_text,
    parts::{Button, ButtonKind, Empty, Symbol},
    state::use_store,
};

#[component]
pub fn NoShell(id: StoredValue<String>, number: u32) -> impl IntoView {
    let words = use_text().terminal;
    let store = use_store();
    let terminals = expect_context::<Terminals>();
    // Only what has a shell; nothing until that is known.
    let images = RwSignal::new(None::<Vec<String>>);
    let image = RwSignal::new(String::new());
    spawn_local(async move {
        let ids = backend::call(&ToolboxImages {}).await.unwrap_or_default();
        let known = ids.iter().filter_map(|id| store.images.get_untracked(id));
        let names = known.flat_map(|image| match image.tags.as_slice() {
            [] => vec![image.id],
            tags => tags.to_vec(),
        });
        let names: Vec<String> = names.collect();
        let _ = image.try_set(names.first().cloned().unwrap_or_default());
        let _ = images.try_set(Some(names));
    });
    let blocked = Signal::derive(move || match images.get() {
        None => Some(words.toolbox_looking().to_owned()),
        Some(found) => found.is_empty().then(|| words.toolbox_none().to_owned()),
    });
    let open = move || {
        let program = TerminalProgram::Toolbox {
            image: image.get_untracked(),
        };
        terminals.open(store, &id.get_value(), program);
        terminals.close(&id.get_value(), number);
    };
    let options = move || {
        let names = images.get().unwrap_or_default().into_iter();
        names
            .map(|name| view! { <option value=name.clone()>{name.clone()}</option> })
            .collect_view()
    };
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

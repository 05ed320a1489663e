//! Folders of this computer inside the container.

use leptos::prelude::*;

use super::form::{Folder, Form};
use crate::{
    i18n::use_text,
    parts::{Button, ButtonKind, ButtonSize, Icon, IconButton, IconSize, Symbol},
};

#[component]
pub fn Folders(form: Form) -> impl IntoView {
    let words = use_text().run;
    let fault = move || {
        let fault = form.folders_fault(words)?;
        Some(view! { <span class="hint hint--bad" role="status">{fault}</span> })
    };
    view! {
        <div role="group" class="fs col run-group" aria-label=words.folders()>
            <div class="lg">
                {words.folders()}
                <Show when=move || form.folders.with(|folders| !folders.is_empty())>
                    <span class="hint plain">{words.folders_note()}</span>
                </Show>
                <span class="push">
                    <Button
                        kind=ButtonKind::Quiet
                        size=ButtonSize::Small
                        icon=Symbol::FolderPlus
                        on_press=move |()| form.add_folder()
                        {..}
                        data-test="run-add-folder"
                    >
                        {words.add_folder()}
                    </Button>
                </span>
            </div>
            <For
                each=move || form.folders.get()
                key=|folder| folder.key
                children=move |folder| view! { <Row form folder /> }
            />
            {fault}
        </div>
    }
}

#[component]
fn Row(form: Form, folder: Folder) -> impl IntoView {
    let words = use_text().run;
    view! {
        <div class="run-folder" data-test="run-folder">
            <div class="affix">
                <Icon symbol=Symbol::Folder size=IconSize::Small />
                <input
                    class="input input--mono"
                    aria-label=words.folder_source()
                    placeholder="~/site"
                    spellcheck="false"
                    autocomplete="off"
                    data-test="run-folder-source"
                    prop:value=move || folder.source.get()
                    on:input=move |event| folder.source.set(event_target_value(&event))
                />
            </div>
            <span class="t3 arrow" aria-hidden="true">
                "→"
            </span>
            <input
                class="input input--mono"
                aria-label=words.folder_target()
                placeholder="/srv/site"
                spellcheck="false"
                autocomplete="off"
                data-test="run-folder-target"
                prop:value=move || folder.target.get()
                on:input=move |event| folder.target.set(event_target_value(&event))
            />
            <select
                class="select"
                aria-label=words.access()
                on:change=move |event| folder.read_only.set(event_target_value(&event) == "ro")
            >
                <option value="ro" selected=folder.read_only.get_untracked()>
                    {words.read_only()}
                </option>
                <option value="rw" selected=!folder.read_only.get_untracked()>
                    {words.read_write()}
                </option>
            </select>
            <IconButton
                symbol=Symbol::X
                label=words.remove()
                on_press=move |_| form.remove_folder(folder.key)
            />
        </div>
    }
}

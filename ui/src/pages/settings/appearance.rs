//! How the window looks and how it writes commands.

use gantry_view::Settings;
use leptos::prelude::*;

use super::{Preference, Section};
use crate::{
    i18n::use_text,
    parts::{IconButton, Segment, Segmented, Symbol},
    state::use_store,
};

/// A setting that is one word, as a signal.
fn chosen(read: fn(&Settings) -> &String) -> Signal<String> {
    let store = use_store();
    Signal::derive(move || store.settings.with(|settings| read(settings).clone()))
}

#[component]
pub fn Appearance() -> impl IntoView {
    let text = use_text().settings;
    let store = use_store();
    let choice = |value: &str, label: &str| Segment::new(value.to_owned(), label);
    let themes = vec![
        choice("system", text.system()).icon(Symbol::Monitor),
        choice("light", text.light()).icon(Symbol::Sun),
        choice("dark", text.dark()).icon(Symbol::Moon),
    ];
    let densities = vec![
        choice("comfortable", text.comfortable()),
        choice("compact", text.compact()),
    ];
    view! {
        <Section title=text.appearance()>
            <Preference label=text.theme()>
                <Segmented
                    label=text.theme()
                    segments=themes
                    value=chosen(|settings| &settings.theme)
                    on_choose=move |theme| store.change_settings(|settings| settings.theme = theme)
                />
            </Preference>
            <Language />
            <Preference label=text.density()>
                <Segmented
                    label=text.density()
                    segments=densities
                    value=chosen(|settings| &settings.density)
                    on_choose=move |density| {
                        store.change_settings(|settings| settings.density = density);
                    }
                />
            </Preference>
            <InterfaceSize />
            {move || store.in_desktop().then(|| view! { <TitleBar /> })}
        </Section>
    }
}

#[component]
fn Language() -> impl IntoView {
    let text = use_text().settings;
    let store = use_store();
    let value = chosen(|settings| &settings.language);
    let choose = move |event: leptos::ev::Event| {
        let language = event_target_value(&event);
        store.change_settings(|settings| settings.language = language);
    };
    view! {
        <div class="pref">
            <div class="grow">
                {text.language()} " "
                <span class="t3" lang=text.other_language_code()>
                    {text.other_language()}
                </span>
            </div>
            <select
                class="select choose"
                aria-label=text.language()
                prop:value=move || value.get()
                on:change=choose
            >
                <option value="system" selected=move || value.get() == "system">
                    {text.language_system()}
                </option>
                <option value="en" lang="en" selected=move || value.get() == "en">
                    "English"
                </option>
                <option value="ko" lang="ko" selected=move || value.get() == "ko">
                    "한국어"
                </option>
            </select>
        </div>
    }
}

#[component]
fn InterfaceSize() -> impl IntoView {
    let text = use_text().settings;
    let store = use_store();
    let scale = move || store.settings.with(|settings| settings.scale);
    view! {
        <Preference label=text.size()>
            <span class="row row--tight">
                <IconButton
                    symbol=Symbol::Minus
                    label=text.smaller()
                    on_press=move |_| store.resize_interface(-1)
                />
                <span class="scale" role="status">
                    {scale}
                    " %"
                </span>
                <IconButton
                    symbol=Symbol::Plus
                    label=text.larger()
                    on_press=move |_| store.resize_interface(1)
                />
            </span>
        </Preference>
    }
}

#[component]
fn TitleBar() -> impl IntoView {
    let text = use_text().settings;
    let store = use_store();
    let choices = vec![
        Segment::new("auto".to_owned(), text.title_bar_auto()),
        Segment::new("own".to_owned(), text.title_bar_own()),
        Segment::new("system".to_owned(), text.title_bar_system()),
    ];
    view! {
        <Preference label=text.title_bar() detail=text.title_bar_text().to_owned()>
            <Segmented
                label=text.title_bar()
                segments=choices
                value=chosen(|settings| &settings.decorations)
                on_choose=move |decorations| {
                    store.change_settings(|settings| settings.decorations = decorations);
                }
            />
        </Preference>
    }
}

#[component]
pub fn Commands() -> impl IntoView {
    let text = use_text().settings;
    let store = use_store();
    let styles = ["docker", "gantry"]
        .map(|style| Segment::new(style.to_owned(), style))
        .to_vec();
    view! {
        <Section title=text.commands()>
            <Preference label=text.command_style() detail=text.command_style_text().to_owned()>
                <Segmented
                    label=text.command_style()
                    segments=styles
                    value=chosen(|settings| &settings.command_style)
                    on_choose=move |style| {
                        store.change_settings(|settings| settings.command_style = style);
                    }
                />
            </Preference>
        </Section>
    }
}

//! A command to read and to copy.

use leptos::prelude::*;

use super::CopyButton;
use crate::i18n::use_text;

/// A well with a command; its flags stand back.
#[component]
pub fn CommandText(#[prop(into)] command: Signal<String>) -> impl IntoView {
    let text = use_text().common;
    let words = move || {
        command.with(|command| {
            command
                .split(' ')
                .map(|word| {
                    let flag = word.starts_with('-');
                    let word = format!("{word} ");
                    if flag {
                        view! { <span class="fl">{word}</span> }.into_any()
                    } else {
                        word.into_any()
                    }
                })
                .collect_view()
        })
    };
    view! {
        <div class="cmd">
            <code>{words}</code>
            <CopyButton label=text.copy_command() content=move |()| command.get_untracked() />
        </div>
    }
}

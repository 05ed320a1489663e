//! A failure where it happened: what, why, what to do next, and the raw text to copy.

use gantry_view::Failure;
use leptos::prelude::*;

use super::{CopyButton, Glyph, StatusKind};
use crate::i18n::{ended, use_text};

/// `title` says what did not happen in words of the place; without it the failure speaks itself.
/// Buttons that help come as children.
#[component]
pub fn ErrorCard(
    failure: Failure,
    #[prop(optional, into)] title: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let text = use_text();
    let what = text.failures.what(&failure);
    let why = text.failures.why(&failure);
    let next = text.failures.next(&failure);
    let (title, what) = match title {
        Some(title) => (title, what),
        None => (what, String::new()),
    };
    let reason = [what, why]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(ended)
        .collect::<Vec<_>>()
        .join(" ");
    let raw = failure.raw;
    let (to_copy, whole) = (StoredValue::new(raw.clone()), raw.clone());
    view! {
        <div class="error-card card" role="alert">
            <div class="error-card-b col">
                <div class="row error-card-h">
                    <Glyph kind=StatusKind::Failed />
                    <h3>{title}</h3>
                </div>
                {(!reason.is_empty()).then(|| view! { <p class="t2">{reason}</p> })}
                {(!next.is_empty()).then(|| view! { <p class="sm t3">{next}</p> })}
                <div class="row xs t3">
                    <code class="cut selectable" title=whole>
                        {raw}
                    </code>
                    <CopyButton label=text.common.copy_details() content=move |()| to_copy.get_value() />
                </div>
            </div>
            {children.map(|children| view! { <div class="dlg-f">{children()}</div> })}
        </div>
    }
}

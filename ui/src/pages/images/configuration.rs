//! What the image says about how it wants to be run.

use std::sync::Arc;

use gantry_view::ImageDetail;
use leptos::prelude::*;

use crate::{
    i18n::{Text, use_text},
    parts::{CopyButton, ImageName},
    state::quoted,
};

#[component]
pub fn Configuration(detail: Arc<ImageDetail>) -> impl IntoView {
    let text = use_text();
    let words = text.images;
    let raw = StoredValue::new(detail.inspect.clone());
    let names = detail
        .image
        .tags
        .iter()
        .map(|reference| view! { <dd><ImageName reference=reference.clone() /></dd> })
        .collect_view();
    let facts = facts(text, &detail)
        .into_iter()
        .map(|(label, values)| {
            let values = values
                .into_iter()
                .map(|value| view! { <dd class="mono">{value}</dd> })
                .collect_view();
            view! {
                <dt>{label}</dt>
                {values}
            }
        })
        .collect_view();
    view! {
        <div class="body pad">
            <div class="measure col config">
                <dl class="kv config-kv">
                    {(!detail.image.tags.is_empty())
                        .then(|| {
                            view! {
                                <dt>{words.names()}</dt>
                                {names}
                            }
                        })}
                    {facts}
                </dl>
                <div class="row">
                    <h3>{words.raw()}</h3>
                    <span class="push"></span>
                    <CopyButton label=words.copy_json() content=move |()| raw.get_value() />
                </div>
                <pre class="well config-raw" tabindex="0">
                    {raw.get_value()}
                </pre>
            </div>
        </div>
    }
}

/// Everything that is said, in the order in which it matters; what is not said is left out.
fn facts(text: Text, detail: &ImageDetail) -> Vec<(&'static str, Vec<String>)> {
    let words = text.images;
    let line = |parts: &[String]| {
        let quoted: Vec<String> = parts.iter().map(|part| quoted(part)).collect();
        vec![quoted.join(" ")]
    };
    let user = match detail.user.as_str() {
        "" => words.user_root().to_owned(),
        user => user.to_owned(),
    };
    let labels = detail
        .labels
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let all = [
        (words.entrypoint(), line(&detail.entrypoint)),
        (words.command(), line(&detail.cmd)),
        (words.environment(), detail.env.clone()),
        (words.working_dir(), vec![detail.working_dir.clone()]),
        (words.user(), vec![user]),
        (words.ports(), detail.exposed_ports.clone()),
        (words.volumes(), detail.volumes.clone()),
        (words.stop_signal(), vec![detail.stop_signal.clone()]),
        (words.platform(), vec![detail.image.platform.clone()]),
        (words.author(), vec![detail.author.clone()]),
        (words.labels(), labels),
        (words.id(), vec![detail.image.id.clone()]),
    ];
    all.into_iter()
        .map(|(label, values)| {
            let said: Vec<String> = values
                .into_iter()
                .filter(|value| !value.is_empty())
                .collect();
            (label, said)
        })
        .filter(|(_, values)| !values.is_empty())
        .collect()
}

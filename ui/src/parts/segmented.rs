//! A segmented control: a few choices of which one is on.

use leptos::prelude::*;

use super::{Glyph, Icon, IconSize, StatusKind, Symbol};

/// One choice.
#[derive(Clone)]
pub struct Segment<T> {
    value: T,
    label: String,
    icon: Option<Symbol>,
    glyph: Option<StatusKind>,
    count: Option<Signal<usize>>,
}

impl<T> Segment<T> {
    pub fn new(value: T, label: impl Into<String>) -> Self {
        Self {
            value,
            label: label.into(),
            icon: None,
            glyph: None,
            count: None,
        }
    }

    #[must_use]
    pub fn icon(mut self, icon: Symbol) -> Self {
        self.icon = Some(icon);
        self
    }

    #[must_use]
    pub fn glyph(mut self, glyph: StatusKind) -> Self {
        self.glyph = Some(glyph);
        self
    }

    /// How many things this choice shows.
    #[must_use]
    pub fn count(mut self, count: impl Into<Signal<usize>>) -> Self {
        self.count = Some(count.into());
        self
    }
}

#[component]
pub fn Segmented<T>(
    #[prop(into)] label: String,
    segments: Vec<Segment<T>>,
    #[prop(into)] value: Signal<T>,
    #[prop(into)] on_choose: Callback<T>,
    #[prop(optional)] small: bool,
    #[prop(optional)] class: &'static str,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let buttons = segments
        .into_iter()
        .map(|segment| {
            let own = StoredValue::new(segment.value);
            let pressed = move || {
                own.with_value(|own| value.with(|value| value == own))
                    .to_string()
            };
            view! {
                <button
                    type="button"
                    aria-pressed=pressed
                    on:click=move |_| on_choose.run(own.get_value())
                >
                    {segment.icon.map(|symbol| view! { <Icon symbol size=IconSize::Small /> })}
                    {segment.glyph.map(|kind| view! { <Glyph kind /> })}
                    {segment.label}
                    {segment
                        .count
                        .map(|count| view! { " "<span class="n">{move || count.get()}</span> })}
                </button>
            }
        })
        .collect_view();
    let class = match (small, class) {
        (true, more) => format!("seg seg--sm {more}"),
        (false, more) => format!("seg {more}"),
    };
    view! {
        <div class=class role="group" aria-label=label>
            {buttons}
        </div>
    }
}

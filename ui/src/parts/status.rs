//! Status: glyph silhouette, colour and word, always together.

use leptos::prelude::*;

use super::drawings::glyph;

/// What a glyph says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusKind {
    Running,
    Paused,
    Starting,
    Stopping,
    Restarting,
    Exited,
    Failed,
    Created,
}

impl StatusKind {
    /// As `data-s` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Starting => "starting",
            Self::Stopping => "stopping",
            Self::Restarting => "restarting",
            Self::Exited => "exited",
            Self::Failed => "failed",
            Self::Created => "created",
        }
    }

    fn drawing(self) -> &'static str {
        match self {
            Self::Running => glyph::RUNNING,
            Self::Paused => glyph::PAUSED,
            Self::Starting | Self::Stopping => glyph::HALF,
            Self::Restarting => glyph::RESTARTING,
            Self::Exited => glyph::EXITED,
            Self::Failed => glyph::FAILED,
            Self::Created => glyph::CREATED,
        }
    }
}

/// The glyph alone, for lists that say the word beside it.
#[component]
pub fn Glyph(#[prop(into)] kind: Signal<StatusKind>) -> impl IntoView {
    view! {
        <svg
            class="g"
            viewBox="0 0 12 12"
            aria-hidden="true"
            data-s=move || kind.get().name()
            inner_html=move || kind.get().drawing()
        />
    }
}

/// A glyph and its word; `pill` is the form in headers.
#[component]
pub fn Status(
    #[prop(into)] kind: Signal<StatusKind>,
    #[prop(optional)] pill: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <span class=if pill { "status pill" } else { "status" } data-s=move || kind.get().name()>
            <Glyph kind />
            {children()}
        </span>
    }
}

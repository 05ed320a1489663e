//! Banners: standing conditions, one at a time.

use leptos::prelude::*;

use super::{Icon, Symbol};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BannerKind {
    #[default]
    Info,
    /// Explains what is not pressing.
    Plain,
    Warn,
    Bad,
}

/// `bar` is the form across the top of a page. Buttons follow the text as children.
#[component]
pub fn Banner(
    #[prop(optional)] kind: BannerKind,
    #[prop(optional)] bar: bool,
    children: Children,
) -> impl IntoView {
    let (name, symbol) = match kind {
        BannerKind::Info => ("info", Symbol::Info),
        BannerKind::Plain => ("plain", Symbol::Info),
        BannerKind::Warn => ("warn", Symbol::TriangleAlert),
        BannerKind::Bad => ("bad", Symbol::CircleX),
    };
    let class = if bar { "banner banner--bar" } else { "banner" };
    let urgent = matches!(kind, BannerKind::Warn | BannerKind::Bad);
    view! {
        <div class=class data-k=name role=if urgent { "alert" } else { "status" }>
            <Icon symbol />
            {children()}
        </div>
    }
}

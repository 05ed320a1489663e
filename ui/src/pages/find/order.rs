//! The order of what a search found.

use std::cmp::Reverse;

use gantry_view::FoundRepository;
use leptos::prelude::*;

use super::finder::Finder;
use crate::{
    i18n::{Find, use_text},
    parts::{Anchor, Button, ButtonKind, ButtonSize, MenuItem, Symbol, use_layers},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The registry's own.
    #[default]
    Match,
    Stars,
    Pulls,
    Name,
}

const ALL: [Order; 4] = [Order::Match, Order::Stars, Order::Pulls, Order::Name];

impl Order {
    /// As the settings keep it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Stars => "stars",
            Self::Pulls => "pulls",
            Self::Name => "name",
        }
    }

    pub fn from_word(word: &str) -> Self {
        let mut all = ALL.into_iter();
        all.find(|order| order.word() == word).unwrap_or_default()
    }

    /// Equal ones stay in the registry's order, and what it does not tell of comes last.
    pub fn arrange(self, found: &mut [FoundRepository]) {
        match self {
            Self::Match => {}
            Self::Stars => found.sort_by_key(|row| Reverse(row.stars)),
            Self::Pulls => found.sort_by_key(|row| Reverse(row.pulls)),
            Self::Name => found.sort_by(|a, b| a.name.cmp(&b.name)),
        }
    }

    fn label(self, words: Find) -> &'static str {
        match self {
            Self::Match => words.best_match(),
            Self::Stars => words.most_stars(),
            Self::Pulls => words.most_pulls(),
            Self::Name => words.by_name(),
        }
    }
}

/// Chooses the order; named by the one that is chosen.
#[component]
pub fn OrderButton(finder: Finder) -> impl IntoView {
    let words = use_text().find;
    let layers = use_layers();
    let node = NodeRef::<leptos::html::Span>::new();
    let open = move || {
        let Some(button) = node.get_untracked() else {
            return;
        };
        let entries = ALL.map(|order| {
            let chosen = finder.order.get_untracked() == order;
            let symbol = if chosen { Symbol::Check } else { Symbol::Blank };
            let untold = (!finder.tells(order)).then(|| words.not_told());
            let item = MenuItem::new(symbol, order.label(words), move || finder.arrange_by(order));
            item.disabled(untold).into()
        });
        layers.open_menu(Anchor::of(&button), words.sort(), entries.to_vec());
    };
    view! {
        <span class="push" node_ref=node>
            <Button
                kind=ButtonKind::Quiet
                size=ButtonSize::Small
                icon=Symbol::ArrowUpDown
                on_press=move |()| open()
                {..}
                aria-haspopup="menu"
                data-test="find-sort"
            >
                {move || finder.order.get().label(words)}
            </Button>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::FoundRepository;

    use super::{ALL, Order};

    #[test]
    fn equal_ones_stay_and_what_is_not_told_comes_last() {
        let row = |name: &str, stars, pulls| FoundRepository {
            name: name.to_owned(),
            description: String::new(),
            stars,
            pulls,
            official: false,
        };
        let names = |order: Order| {
            let mut found = [
                row("d", Some(1), None),
                row("a", None, Some(5)),
                row("c", Some(7), Some(9)),
                row("b", Some(1), Some(5)),
            ];
            order.arrange(&mut found);
            found.map(|row| row.name).concat()
        };
        assert_eq!(ALL.map(names), ["dacb", "cdba", "cabd", "abcd"]);
        for order in ALL {
            assert_eq!(Order::from_word(order.word()), order);
        }
        assert_eq!(Order::from_word(""), Order::Match);
    }
}

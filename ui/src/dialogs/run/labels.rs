//! Labels: what other programs read of a container.

use leptos::prelude::*;

use super::{
    form::Form,
    group::{Add, Group},
    pairs::{PairRows, Pairs},
};
use crate::{i18n::use_text, parts::Symbol};

#[component]
pub fn Labels(form: Form) -> impl IntoView {
    let words = use_text().run;
    let add = Add::new(
        Symbol::Plus,
        words.add_label(),
        "run-add-label",
        move || form.add_pair(Pairs::Labels, "", ""),
    );
    view! {
        <Group
            label=words.labels()
            note=words.labels_note()
            filled=Signal::derive(move || form.labels.with(|labels| !labels.is_empty()))
            adds=vec![add]
        >
            <PairRows form of=Pairs::Labels />
        </Group>
    }
}

//! Environment variables: one by one, pasted as lines, or from a file.

use leptos::prelude::*;

use super::{
    env_file::{EnvFileField, EnvFiles},
    form::Form,
    group::{Add, Group},
    pairs::{PairRows, Pairs},
};
use crate::{i18n::use_text, parts::Symbol};

#[component]
pub fn Environment(form: Form) -> impl IntoView {
    let words = use_text().run;
    let files = EnvFiles::new(form);
    let adds = vec![
        Add::new(
            Symbol::FileInput,
            words.load_env(),
            "run-load-env",
            move || files.choose(),
        ),
        Add::new(
            Symbol::Plus,
            words.add_variable(),
            "run-add-variable",
            move || form.add_pair(Pairs::Variables, "", ""),
        ),
    ];
    view! {
        <Group
            label=words.environment()
            note=words.environment_note()
            filled=Signal::derive(move || form.variables.with(|variables| !variables.is_empty()))
            adds
        >
            <PairRows form of=Pairs::Variables />
            <EnvFileField files />
        </Group>
    }
}

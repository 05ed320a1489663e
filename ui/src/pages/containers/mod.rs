//! Containers: the table, or one container beside the list.

use leptos::prelude::*;

use crate::{i18n::use_text, shell::Head};

#[component]
pub fn ContainersPage() -> impl IntoView {
    let text = use_text().containers;
    view! { <Head title=text.title() /> }
}

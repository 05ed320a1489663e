//! When it starts again, and CPU and memory limits beside what the machine has.

use leptos::prelude::*;

use super::form::Form;
use crate::{
    dialogs::limits::{CpuField, MemoryField, MissingLimits, RestartField},
    i18n::use_text,
};

#[component]
pub fn Limits(form: Form) -> impl IntoView {
    let text = use_text();
    let words = text.run;
    let fields = form.limits;
    view! {
        <MissingLimits fields />
        <div class="limits">
            <RestartField fields fault=Signal::derive(move || form.restart_fault(words)) />
            <CpuField fields fault=Signal::derive(move || fields.cpu_fault(words)) />
            <MemoryField fields fault=Signal::derive(move || fields.memory_fault(text)) />
        </div>
    }
}

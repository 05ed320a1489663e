//! The inputs for limits: beside each what the machine has.

use leptos::prelude::*;

use super::fields::{LimitFields, Limited, Unit, is_missing, warning};
use crate::i18n::{begun, ended, use_text};

/// What cannot be limited on this computer, why, and what helps; nothing where all can.
#[component]
pub fn MissingLimits(fields: LimitFields) -> impl IntoView {
    let text = use_text();
    let warning = Memo::new(move |_| warning(fields.store));
    move || {
        warning.get().map(|warning| {
            let missing = text.run.limits_missing(warning.fact("missing"));
            let why = ended(begun(text.failures.why(&warning)));
            let said = format!("{missing} {why} {}", text.run.limits_check());
            view! {
                <p class="hint hint--warn" data-test="limits-missing">
                    {said}
                </p>
            }
        })
    }
}

/// What is wrong with a field, below it.
#[component]
pub fn Fault(#[prop(into)] fault: Signal<Option<String>>) -> impl IntoView {
    move || {
        fault
            .get()
            .map(|fault| view! { <span class="hint hint--bad" role="status">{fault}</span> })
    }
}

#[component]
pub fn CpuField(fields: LimitFields, #[prop(into)] fault: Signal<Option<String>>) -> impl IntoView {
    let words = use_text().run;
    let engine = fields.store.engine;
    let cores =
        move || engine.with(|engine| (engine.cpus > 0).then(|| words.of_cores(engine.cpus)));
    view! {
        <div class="field">
            <label for="limit-cpus">{words.cpu_limit()}</label>
            <div class="affix">
                <input
                    id="limit-cpus"
                    class="input input--num limit-cpus"
                    inputmode="decimal"
                    autocomplete="off"
                    placeholder=words.no_limit()
                    disabled=move || is_missing(fields.store, Limited::Cpu)
                    aria-invalid=move || fault.get().map(|_| "true")
                    data-test="limit-cpus"
                    prop:value=move || fields.cpus.get()
                    on:input=move |event| fields.cpus.set(event_target_value(&event))
                />
                <span class="unit">{cores}</span>
            </div>
            <Fault fault />
        </div>
    }
}

#[component]
pub fn MemoryField(
    fields: LimitFields,
    #[prop(into)] fault: Signal<Option<String>>,
) -> impl IntoView {
    let text = use_text();
    let words = text.run;
    let engine = fields.store.engine;
    let missing = move || is_missing(fields.store, Limited::Memory);
    let memory = move || {
        let bytes = engine.with(|engine| engine.memory_bytes);
        (bytes > 0).then(|| words.of_memory(&text.size(bytes)))
    };
    let unit = move |unit: Unit| {
        view! {
            <option value=unit.word() selected=fields.unit.get_untracked() == unit>
                {unit.word()}
            </option>
        }
    };
    view! {
        <div class="field">
            <label for="limit-memory">{words.memory_limit()}</label>
            <div class="limit-memory">
                <div class="affix">
                    <input
                        id="limit-memory"
                        class="input input--num limit-memory-field"
                        inputmode="decimal"
                        autocomplete="off"
                        placeholder=words.no_limit()
                        disabled=missing
                        aria-invalid=move || fault.get().map(|_| "true")
                        data-test="limit-memory"
                        prop:value=move || fields.memory.get()
                        on:input=move |event| fields.memory.set(event_target_value(&event))
                    />
                    <span class="unit">{memory}</span>
                </div>
                <select
                    class="select"
                    aria-label=words.unit()
                    disabled=missing
                    on:change=move |event| {
                        let is_large = event_target_value(&event) == Unit::Gibibytes.word();
                        fields.unit.set(if is_large { Unit::Gibibytes } else { Unit::Mebibytes });
                    }
                >
                    {unit(Unit::Mebibytes)}
                    {unit(Unit::Gibibytes)}
                </select>
            </div>
            <Fault fault />
        </div>
    }
}

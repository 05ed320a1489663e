//! When it starts again, and CPU and memory limits beside what the machine has.

use leptos::prelude::*;

use super::{
    form::{Form, Unit},
    restart::RestartField,
};
use crate::i18n::use_text;

#[component]
pub fn Limits(form: Form) -> impl IntoView {
    let text = use_text();
    let words = text.run;
    let engine = form.store.engine;
    // Without a cgroup of its own the engine could only refuse.
    let missing =
        Memo::new(move |_| engine.with(|engine| engine.cpus > 0 && engine.cgroup.is_empty()));
    let cores =
        move || engine.with(|engine| (engine.cpus > 0).then(|| words.of_cores(engine.cpus)));
    let memory = move || {
        let bytes = engine.with(|engine| engine.memory_bytes);
        (bytes > 0).then(|| words.of_memory(&text.size(bytes)))
    };
    let cpu_fault = move || form.cpu_fault(words);
    let memory_fault = move || form.memory_fault(text);
    let unit = move |unit: Unit| {
        view! {
            <option value=unit.word() selected=form.unit.get_untracked() == unit>
                {unit.word()}
            </option>
        }
    };
    let hint = |fault: Option<String>| {
        fault.map(|fault| view! { <span class="hint hint--bad" role="status">{fault}</span> })
    };
    view! {
        <Show when=move || missing.get()>
            <p class="hint hint--warn">{words.limits_missing()}</p>
        </Show>
        <div class="run-limits">
            <RestartField form />
            <div class="field">
                <label for="run-cpus">{words.cpu_limit()}</label>
                <div class="affix">
                    <input
                        id="run-cpus"
                        class="input input--num run-cpus"
                        inputmode="decimal"
                        autocomplete="off"
                        placeholder=words.no_limit()
                        disabled=move || missing.get()
                        aria-invalid=move || cpu_fault().map(|_| "true")
                        data-test="run-cpus"
                        prop:value=move || form.cpus.get()
                        on:input=move |event| form.cpus.set(event_target_value(&event))
                    />
                    <span class="unit">{cores}</span>
                </div>
                {move || hint(cpu_fault())}
            </div>
            <div class="field">
                <label for="run-memory">{words.memory_limit()}</label>
                <div class="run-memory">
                    <div class="affix">
                        <input
                            id="run-memory"
                            class="input input--num run-memory-field"
                            inputmode="decimal"
                            autocomplete="off"
                            placeholder=words.no_limit()
                            disabled=move || missing.get()
                            aria-invalid=move || memory_fault().map(|_| "true")
                            data-test="run-memory"
                            prop:value=move || form.memory.get()
                            on:input=move |event| form.memory.set(event_target_value(&event))
                        />
                        <span class="unit">{memory}</span>
                    </div>
                    <select
                        class="select"
                        aria-label=words.unit()
                        disabled=move || missing.get()
                        on:change=move |event| {
                            let is_large = event_target_value(&event) == Unit::Gibibytes.word();
                            form.unit.set(if is_large { Unit::Gibibytes } else { Unit::Mebibytes });
                        }
                    >
                        {unit(Unit::Mebibytes)}
                        {unit(Unit::Gibibytes)}
                    </select>
                </div>
                {move || hint(memory_fault())}
            </div>
        </div>
    }
}

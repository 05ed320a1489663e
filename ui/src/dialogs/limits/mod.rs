//! What a container may use: the fields, which the run dialog has too, and the dialog that changes
//! them for a container that is there.

mod fields;
mod inputs;
mod restart;

use gantry_view::{ChangeLimits, Limits, RestartPolicy};
use leptos::prelude::*;

use crate::{
    backend,
    i18n::{Text, use_text},
    parts::{AskFailure, AskFooter, Asking, Dialog, on_enter},
    state::{CommandLine, Outcome, Toast, ToastKind, use_store},
};

use self::fields::{Limited, is_missing};
pub use self::{
    fields::{LimitFields, cores},
    inputs::{CpuField, Fault, MemoryField, MissingLimits},
    restart::RestartField,
};

#[component]
pub fn LimitsDialog(container: String, known: Limits) -> impl IntoView {
    let text = use_text();
    let words = text.limits;
    let store = use_store();
    let name = store.name_of(&container);
    let runs = (store.containers.get_untracked(&container))
        .is_some_and(|container| container.state.is_up());
    let wish = Wish::new(LimitFields::new(store), known);
    let asking = Asking::new();
    let blocked = Signal::derive(move || wish.blocked(text));
    let title = words.title(&name);
    let (id, name) = (StoredValue::new(container), StoredValue::new(name));
    let change = move || {
        let request = untrack(|| wish.request(id.get_value()));
        asking.ask(async move {
            let changed = backend::call(&request).await?;
            let said = store.text().limits.changed(&name.get_value());
            let command = CommandLine::new(changed.command);
            store.report(Outcome::Done, said.clone(), Some(command));
            if !changed.warnings.is_empty() {
                let toast = Toast::new(ToastKind::Info, said).detail(changed.warnings.join(" "));
                store.toasts.show(toast);
            }
            Ok(())
        });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                blocked
                label=words.change()
                test="limits-go"
                on_press=move |()| change()
            />
        }
    };
    let fields = wish.fields;
    view! {
        <Dialog title width="32rem" footer>
            <div class="col limits-dialog" on:keydown=on_enter(blocked, change) data-test="limits-dialog">
                <p class="t2">{if runs { words.at_once() } else { words.at_start() }}</p>
                <MissingLimits fields />
                <div class="limits-two">
                    <CpuField fields fault=Signal::derive(move || wish.cpu_fault(text)) />
                    <MemoryField fields fault=Signal::derive(move || wish.memory_fault(text)) />
                    <PidsField wish />
                    <RestartField
                        fields
                        fault=Signal::derive(move || wish.restart_fault(text))
                    />
                </div>
                <AskFailure asking />
            </div>
        </Dialog>
    }
}

#[component]
fn PidsField(wish: Wish) -> impl IntoView {
    let text = use_text();
    let words = text.limits;
    let fault = Signal::derive(move || wish.pids_fault(text));
    view! {
        <div class="field">
            <label for="limit-pids">{words.pids()}</label>
            <div class="affix">
                <input
                    id="limit-pids"
                    class="input input--num limit-pids"
                    inputmode="numeric"
                    autocomplete="off"
                    placeholder=text.run.no_limit()
                    disabled=move || is_missing(wish.fields.store, Limited::Pids)
                    aria-invalid=move || fault.get().map(|_| "true")
                    data-test="limit-pids"
                    prop:value=move || wish.pids.get()
                    on:input=move |event| wish.pids.set(event_target_value(&event))
                />
                <span class="unit">{words.pids_unit()}</span>
            </div>
            <Fault fault />
        </div>
    }
}

/// What is typed, beside what the container has.
#[derive(Clone, Copy)]
struct Wish {
    fields: LimitFields,
    pids: RwSignal<String>,
    known: StoredValue<Limits>,
}

impl Wish {
    fn new(fields: LimitFields, known: Limits) -> Self {
        fields.fill(known.cpu_millis, known.memory_bytes, known.restart);
        let pids = match known.pids {
            0 => String::new(),
            pids => pids.to_string(),
        };
        Self {
            fields,
            pids: RwSignal::new(pids),
            known: StoredValue::new(known),
        }
    }

    /// 0 where nothing was typed; nothing where it is no number.
    fn pids(self) -> Option<u64> {
        self.pids.with(|typed| match typed.trim() {
            "" => Some(0),
            typed => typed.parse().ok().filter(|pids| *pids > 0),
        })
    }

    /// What is different. Faulty fields count as unchanged.
    fn request(self, id: String) -> ChangeLimits {
        let known = self.known.get_value();
        let changed = |typed: Option<u64>, known: u64| typed.filter(|typed| *typed != known);
        ChangeLimits {
            id,
            memory_bytes: changed(self.fields.memory_bytes().ok(), known.memory_bytes),
            cpu_millis: changed(self.fields.cpu_millis().ok(), known.cpu_millis),
            pids: changed(self.pids(), known.pids),
            restart: Some(self.fields.restart.get()).filter(|policy| *policy != known.restart),
        }
    }

    fn cpu_fault(self, text: Text) -> Option<String> {
        let fault = self.fields.cpu_fault(text.run);
        let gone = self.known.with_value(|known| known.cpu_millis > 0)
            && self.fields.cpu_millis() == Ok(0);
        fault.or_else(|| {
            let cores = self.fields.store.engine.with(|engine| engine.cpus);
            gone.then(|| text.limits.cpu_stays(cores))
        })
    }

    fn memory_fault(self, text: Text) -> Option<String> {
        let fault = self.fields.memory_fault(text);
        let gone = self.known.with_value(|known| known.memory_bytes > 0)
            && self.fields.memory_bytes() == Ok(0);
        fault.or_else(|| {
            let total = self.fields.store.engine.with(|engine| engine.memory_bytes);
            gone.then(|| text.limits.memory_stays(&text.size(total)))
        })
    }

    fn pids_fault(self, text: Text) -> Option<String> {
        let fault = self.pids().is_none();
        fault.then(|| text.limits.pids_invalid().to_owned())
    }

    /// What removes itself cannot be started again.
    fn restart_fault(self, text: Text) -> Option<String> {
        let restarts = self.fields.restart.get() != RestartPolicy::No;
        let goes = self.known.with_value(|known| known.auto_remove);
        (restarts && goes).then(|| text.run.restart_removed().to_owned())
    }

    fn blocked(self, text: Text) -> Option<String> {
        let faults = [
            self.cpu_fault(text),
            self.memory_fault(text),
            self.pids_fault(text),
            self.restart_fault(text),
        ];
        let unchanged = self.request(String::new()) == ChangeLimits::default();
        let unchanged = unchanged.then(|| text.limits.unchanged().to_owned());
        faults.into_iter().flatten().next().or(unchanged)
    }
}

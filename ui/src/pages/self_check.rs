//! What this computer lacks for containers, and what to do about it. Needs no engine.

use gantry_view::{Failure, Finding, FindingState, Mend, SelfCheck};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend,
    i18n::use_text,
    parts::{
        Button, ButtonKind, ButtonSize, CommandText, ErrorCard, Glyph, Icon, StatusKind, Symbol,
    },
    shell::Head,
    state::use_store,
};

#[component]
pub fn SelfCheckPage() -> impl IntoView {
    let words = use_text().self_check;
    let found = RwSignal::new(None::<Result<Vec<Finding>, Failure>>);
    let busy = RwSignal::new(None::<SelfCheck>);
    let look = move |repair| {
        if busy.with_untracked(Option::is_some) {
            return;
        }
        let request = SelfCheck { repair };
        busy.set(Some(request.clone()));
        spawn_local(async move {
            let answer = backend::call(&request).await;
            // The person may be elsewhere by now.
            let _ = found.try_set(Some(answer));
            let _ = busy.try_set(None);
        });
    };
    look(false);
    let count = move |state| {
        found.with(|found| match found {
            Some(Ok(found)) => found.iter().filter(|one| one.state == state).count(),
            _ => 0,
        })
    };
    let sum = Signal::derive(move || match found.get() {
        None => words.looking().to_owned(),
        Some(Err(_)) => String::new(),
        Some(Ok(_)) => match (count(FindingState::Problem), count(FindingState::Note)) {
            (0, 0) => words.well().to_owned(),
            (0, notes) => words.notes(notes),
            (problems, _) => words.problems(problems),
        },
    });
    let mendable =
        Signal::derive(move || count(FindingState::Problem) + count(FindingState::Note) > 0);
    let is_busy = move |repair| {
        Signal::derive(move || {
            busy.with(|busy| busy.as_ref().is_some_and(|one| one.repair == repair))
        })
    };
    view! {
        <Head title=words.title() sub=sum>
            {move || {
                mendable
                    .get()
                    .then(|| {
                        view! {
                            <Button
                                icon=Symbol::Wrench
                                busy=is_busy(true)
                                on_press=move |()| look(true)
                            >
                                {words.repair()}
                            </Button>
                        }
                    })
            }}
            <Button
                kind=ButtonKind::Primary
                icon=Symbol::RefreshCw
                busy=is_busy(false)
                on_press=move |()| look(false)
            >
                {words.again()}
            </Button>
        </Head>
        <div class="body pad">
            <div class="checks">
                {move || mendable.get().then(|| view! { <p class="sm t3">{words.repair_text()}</p> })}
                {move || match found.get() {
                    None => ().into_any(),
                    Some(Err(failure)) => view! { <ErrorCard failure /> }.into_any(),
                    Some(Ok(found)) => {
                        let rows = found
                            .into_iter()
                            .map(|finding| view! { <Check finding on_mended=move |()| look(false) /> });
                        view! { <ul class="card">{rows.collect_view()}</ul> }.into_any()
                    }
                }}
            </div>
        </div>
    }
}

#[component]
fn Check(finding: Finding, #[prop(into)] on_mended: Callback<()>) -> impl IntoView {
    let words = use_text().self_check;
    let (kind, spoken) = match finding.state {
        FindingState::Good => ("ok", words.good()),
        FindingState::Repaired => ("ok", words.repaired()),
        FindingState::Note => ("warn", words.note()),
        FindingState::Problem => ("bad", words.problem()),
    };
    let mark = match finding.state {
        FindingState::Good => view! { <Icon symbol=Symbol::Check /> }.into_any(),
        FindingState::Repaired => view! { <Icon symbol=Symbol::Wrench /> }.into_any(),
        FindingState::Note => view! { <Icon symbol=Symbol::TriangleAlert /> }.into_any(),
        FindingState::Problem => view! { <Glyph kind=StatusKind::Failed /> }.into_any(),
    };
    let (told, lang) = words.words(&finding);
    let (store, check, script) = (use_store(), finding.check.clone(), finding.script.clone());
    let mendable = !script.is_empty();
    let (busy, failure) = (RwSignal::new(false), RwSignal::new(None::<Failure>));
    let mend = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failure.set(None);
        let request = Mend {
            check: check.clone(),
            script: script.clone(),
        };
        spawn_local(async move {
            let answer = backend::call(&request).await;
            // The person may be elsewhere by now.
            let _ = busy.try_set(false);
            match answer {
                Ok(()) => {
                    store.reconnect();
                    on_mended.run(());
                }
                Err(refused) => {
                    let _ = failure.try_set(Some(refused));
                }
            }
        });
    };
    view! {
        <li class="chk" data-k=kind data-check=finding.check.clone()>
            <span class="chk-i">{mark}</span>
            <div class="grow">
                <div class="row">
                    <span class="med">{words.name(&finding.check)}</span>
                    <span class="sr">{spoken}</span>
                    {mendable
                        .then(|| {
                            view! {
                                <span class="push"></span>
                                <Button
                                    size=ButtonSize::Small
                                    busy=busy
                                    on_press=move |()| mend()
                                >
                                    {words.fix()}
                                </Button>
                            }
                        })}
                </div>
                <div class="selectable" lang=lang.code()>
                    <div class="sm t3">{told.what}</div>
                    {(!told.why.is_empty()).then(|| view! { <p class="sm t3">{told.why}</p> })}
                    {(!told.next.is_empty()).then(|| view! { <Remedy next=told.next /> })}
                    {(!told.command.is_empty())
                        .then(|| view! { <CommandText command=told.command /> })}
                    {mendable
                        .then(|| {
                            view! {
                                <details class="sm t3">
                                    <summary>{words.script()}</summary>
                                    <pre class="mono">{finding.script}</pre>
                                </details>
                            }
                        })}
                </div>
                {move || failure.get().map(|failure| view! { <ErrorCard failure /> })}
            </div>
        </li>
    }
}

/// What to do: a sentence, or a command to copy.
#[component]
fn Remedy(next: String) -> impl IntoView {
    let is_command = ["sudo ", "gantry "]
        .iter()
        .any(|program| next.starts_with(program));
    if is_command {
        view! { <CommandText command=next /> }.into_any()
    } else {
        view! { <p class="sm t2">{next}</p> }.into_any()
    }
}

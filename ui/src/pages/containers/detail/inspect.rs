//! The facts of a container: readable first, then as `docker inspect` prints them.

use gantry_view::{Container, ContainerDetail, Failure, InspectContainer};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend,
    i18n::{Text, use_text},
    parts::{CommandText, CopyButton, ErrorCard},
    state::{Latest, Store, quoted, use_store},
};

#[component]
pub fn InspectTab(id: String, container: RwSignal<Container>) -> impl IntoView {
    let text = use_text().detail;
    let read = RwSignal::new(None::<Result<ContainerDetail, Failure>>);
    // Read again whenever the engine says that something about it is different.
    let latest = Latest::new();
    Effect::new(move |_| {
        container.track();
        let id = id.clone();
        let turn = latest.ask();
        spawn_local(async move {
            let answer = backend::call(&InspectContainer { id }).await;
            // The tab may be closed by now.
            if latest.is(turn) {
                read.set(Some(answer));
            }
        });
    });
    view! {
        <div class="body pad inspect">
            {move || {
                read.get()
                    .map(|answer| match answer {
                        Ok(detail) => view! { <Facts detail /> }.into_any(),
                        Err(failure) => {
                            view! { <ErrorCard failure title=text.not_read() /> }.into_any()
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn Facts(detail: ContainerDetail) -> impl IntoView {
    let text = use_text();
    let words = text.detail;
    let store = use_store();
    let json = StoredValue::new(detail.inspect.clone());
    let command = detail.run_command.clone();
    let facts = summary(text, store, &detail)
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> })
        .collect_view();
    let env = detail.env.clone();
    let labels: Vec<String> = detail
        .labels
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    view! {
        <div class="measure col inspect-b">
            <dl class="kv">{facts}</dl>
            <Lines title=words.environment() lines=env />
            <Lines title=words.labels() lines=labels />
            {(!command.is_empty())
                .then(|| {
                    view! {
                        <section class="col">
                            <h3>{words.run_command()}</h3>
                            <CommandText command />
                        </section>
                    }
                })}
            <section class="col">
                <div class="row">
                    <h3>{words.raw()}</h3>
                    <CopyButton label=words.copy_json() content=move |()| json.get_value() />
                </div>
                <pre class="well json" tabindex="0">
                    {detail.inspect}
                </pre>
            </section>
        </div>
    }
}

/// A list of `NAME=value` lines under a heading; nothing when it is empty.
#[component]
fn Lines(title: &'static str, lines: Vec<String>) -> impl IntoView {
    (!lines.is_empty()).then(|| {
        let lines = lines
            .into_iter()
            .map(|line| match line.split_once('=') {
                Some((name, value)) => {
                    view! { <dt class="mono">{name.to_owned()}</dt> <dd class="mono">{value.to_owned()}</dd> }
                        .into_any()
                }
                None => view! { <dt class="mono">{line}</dt> <dd></dd> }.into_any(),
            })
            .collect_view();
        view! {
            <section class="col">
                <h3>{title}</h3>
                <dl class="kv">{lines}</dl>
            </section>
        }
    })
}

/// What a person wants to know of it, in the order they ask.
fn summary(text: Text, store: Store, detail: &ContainerDetail) -> Vec<(&'static str, String)> {
    let words = text.detail;
    let container = &detail.container;
    let line = |parts: &[String]| {
        parts
            .iter()
            .map(|part| quoted(part))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let or = |value: &str, other: &str| if value.is_empty() { other } else { value }.to_owned();
    let limit = |value: u64, shown: String| {
        if value == 0 {
            words.no_limit().to_owned()
        } else {
            shown
        }
    };
    let cores = format!("{}", container.cpu_limit_millis as f64 / 1000.0);
    let mut facts = vec![
        (words.image(), container.image.clone()),
        (words.id(), container.id.clone()),
        (
            words.entrypoint(),
            or(&line(&detail.entrypoint), text.common.none()),
        ),
        (words.command(), or(&line(&detail.cmd), text.common.none())),
        (words.working_dir(), or(&detail.working_dir, "/")),
        (words.user(), or(&detail.user, words.image_user())),
        (words.hostname(), detail.hostname.clone()),
        (words.network(), container.network.clone()),
        (
            words.memory_limit(),
            limit(detail.memory_limit, text.size(detail.memory_limit)),
        ),
        (
            words.cpu_limit(),
            limit(container.cpu_limit_millis, words.cores(&cores)),
        ),
        (
            words.restart_policy(),
            restart_words(text, &detail.restart_policy),
        ),
        (words.stop_signal(), or(&detail.stop_signal, "SIGTERM")),
        (words.platform(), detail.platform.clone()),
        (words.created_at(), text.moment(container.created_at)),
    ];
    facts.extend(container.mounts.iter().map(|mount| {
        let access = if mount.writable {
            String::new()
        } else {
            format!(" ({})", words.read_only())
        };
        let source = store.tilde(&mount.source);
        (
            words.mounts(),
            format!("{source} → {}{access}", mount.target),
        )
    }));
    facts.extend(
        container
            .started_at
            .map(|at| (words.started_at(), text.moment(at))),
    );
    facts.extend(
        container
            .finished_at
            .filter(|_| !container.state.is_up())
            .map(|at| (words.finished_at(), text.moment(at))),
    );
    facts.extend(
        container
            .exit_code
            .filter(|_| !container.state.is_up())
            .map(|code| (words.exit_code(), code.to_string())),
    );
    facts.extend(detail.pid.map(|pid| (words.pid(), pid.to_string())));
    let changes = detail.changed_bytes.map_or_else(
        || text.common.not_measured().to_owned(),
        |bytes| match bytes {
            0..1024 => text.exact_bytes(bytes),
            _ => format!("{} ({})", text.size(bytes), text.exact_bytes(bytes)),
        },
    );
    facts.push((words.own_changes(), changes));
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

/// A restart policy as people say it; `on-failure:3` keeps its number.
fn restart_words(text: Text, policy: &str) -> String {
    let words = text.detail;
    match policy.split_once(':').unwrap_or((policy, "")) {
        ("always", _) => words.restarts_always().to_owned(),
        ("unless-stopped", _) => words.restarts_unless_stopped().to_owned(),
        ("on-failure", "" | "0") => words.restarts_on_failure().to_owned(),
        ("on-failure", times) => words.restarts_on_failure_times(times),
        _ => words.restarts_never().to_owned(),
    }
}

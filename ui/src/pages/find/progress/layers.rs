//! Every layer of a pull or a push, with what happens to it.

use gantry_view::{Task, TaskKind, TaskLayer, TaskLayerState};
use leptos::prelude::*;

use crate::{
    i18n::{Text, use_text},
    parts::{Icon, IconSize, Symbol},
};

#[component]
pub fn LayerGrid(task: RwSignal<Task>) -> impl IntoView {
    let pushes = task.with_untracked(|task| task.kind == TaskKind::Push);
    let count = Memo::new(move |_| task.with(|task| task.layers.len()));
    let row = move |at: usize| {
        let layer = Memo::new(move |_| task.with(|task| task.layers.get(at).cloned()));
        view! { <Row layer pushes /> }
    };
    view! {
        <Show when=move || { count.get() > 0 }>
            <div class="lay">
                <For each=move || 0..count.get() key=|at| *at children=row />
            </div>
        </Show>
    }
}

#[component]
fn Row(layer: Memo<Option<TaskLayer>>, pushes: bool) -> impl IntoView {
    let text = use_text();
    move || {
        layer.get().map(|layer| {
            let look = Look::of(text, &layer, pushes);
            let digest = layer.digest.trim_start_matches("sha256:");
            let short: String = digest.chars().take(12).collect();
            view! {
                <div class="lay-r" data-test="task-layer">
                    <code class="t2 cut" title=layer.digest.clone()>
                        {short}
                    </code>
                    <span class="num t3 nowrap">
                        {(layer.size > 0).then(|| text.size(layer.size))}
                    </span>
                    <span class=look.bar style=format!("--p:{:.0}%", look.share * 100.0)>
                        <i></i>
                    </span>
                    <span class=look.tone>
                        <Icon symbol=look.symbol size=IconSize::Small />
                        <span class="cut">{look.word}</span>
                    </span>
                </div>
            }
        })
    }
}

/// How a layer's state is drawn and called.
struct Look {
    bar: &'static str,
    share: f64,
    tone: &'static str,
    symbol: Symbol,
    word: String,
}

const QUIET: &str = "row row--tight t3";
const BUSY: &str = "row row--tight lay-busy";
const DONE: &str = "row row--tight lay-done";

impl Look {
    fn of(text: Text, layer: &TaskLayer, pushes: bool) -> Self {
        let words = text.find;
        let share = match layer.size {
            0 => 0.0,
            size => (layer.done as f64 / size as f64).min(1.0),
        };
        let moved = || text.part_of(layer.done.min(layer.size), layer.size);
        let (bar, share, tone, symbol, word) = match layer.state {
            TaskLayerState::Waiting => (
                "prog",
                0.0,
                QUIET,
                Symbol::Ellipsis,
                words.waiting().to_owned(),
            ),
            TaskLayerState::Downloading => ("prog", share, BUSY, Symbol::ArrowDown, moved()),
            TaskLayerState::Uploading => ("prog", share, BUSY, Symbol::ArrowUp, moved()),
            TaskLayerState::Hashing => (
                "prog prog--verify",
                share,
                BUSY,
                Symbol::ShieldCheck,
                words.verifying().to_owned(),
            ),
            TaskLayerState::Unpacking => (
                "prog prog--verify",
                share,
                BUSY,
                Symbol::PackageOpen,
                words.unpacking().to_owned(),
            ),
            TaskLayerState::Writing => (
                "prog prog--verify",
                share,
                BUSY,
                Symbol::Package,
                words.writing().to_owned(),
            ),
            TaskLayerState::Verified => {
                let word = if pushes {
                    words.sent()
                } else {
                    words.verified()
                };
                ("prog prog--ok", 1.0, DONE, Symbol::Check, word.to_owned())
            }
            TaskLayerState::AlreadyHere => {
                let word = if pushes {
                    words.there()
                } else {
                    words.here_already()
                };
                ("prog prog--ok", 1.0, DONE, Symbol::Check, word.to_owned())
            }
        };
        Self {
            bar,
            share,
            tone,
            symbol,
            word,
        }
    }
}

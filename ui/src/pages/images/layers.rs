//! The layers: a stack of slabs to scale, the steps that made them, and the files of one.

use gantry_view::{Step, StepKind, Waste};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    layer_files::{LayerFiles, View},
    stack::{Plan, plan},
};
use crate::{
    i18n::{Images, use_text},
    parts::{Button, ButtonSize, Empty, Icon, PaneHandle, PaneWidth, Symbol},
    state::use_store,
};

/// The width of the stack and its rows where nothing else is remembered.
const WIDTH: f64 = 432.0;

/// `steps` begin at the bottom.
#[component]
pub fn Layers(image: String, steps: Vec<Step>, waste: RwSignal<Option<Waste>>) -> impl IntoView {
    let text = use_text().images;
    let store = use_store();
    if steps.is_empty() {
        return view! { <Empty title=text.no_layers() text=text.no_layers_text() /> }.into_any();
    }
    let width = PaneWidth::new(store, "images.stack", WIDTH);
    // The topmost layer is the newest: after a commit, what was changed.
    let newest = steps.iter().rev().find(|step| step.layer.is_some());
    let selected = RwSignal::new(newest.or(steps.last()).map_or(1, |step| step.number));
    // At narrow widths the files open in place of the stack.
    let files_open = RwSignal::new(false);
    let steps = StoredValue::new(steps);
    let step_of = move |number: u32| {
        steps.with_value(|steps| steps.iter().find(|step| step.number == number).cloned())
    };
    let image = StoredValue::new(image);
    // A step without files stands on the layers below it.
    let layer_at = move |number: u32| {
        steps.with_value(|steps| {
            let mut below = steps.iter().rev().filter(|step| step.number <= number);
            below.find_map(|step| Some(step.layer.as_ref()?.index))
        })
    };
    let view = View {
        whole: RwSignal::new(false),
        query: RwSignal::new(String::new()),
        waste,
        step_of_layer: Callback::new(move |layer: u32| {
            let made = |step: &&Step| step.layer.as_ref().is_some_and(|own| own.index == layer);
            steps.with_value(|steps| steps.iter().find(made).map_or(0, |step| step.number))
        }),
    };
    let files = move || {
        step_of(selected.get()).map(|step| {
            let back = move |()| files_open.set(false);
            let layer = layer_at(step.number);
            view! { <LayerFiles image=image.get_value() step layer view on_back=back /> }
        })
    };
    view! {
        <div
            class="split split--inner split--one"
            style=move || width.style()
            data-second=move || files_open.get().then_some("")
        >
            <section class="pane" aria-label=text.layers() data-pane="">
                {steps.with_value(|steps| view! { <Stack steps=steps.clone() selected files_open view /> })}
                <Legend>
                    <Button
                        size=ButtonSize::Small
                        icon=Symbol::FolderOpen
                        on_press=move |()| files_open.set(true)
                    >
                        {move || text.files_in(selected.get())}
                    </Button>
                </Legend>
            </section>
            <PaneHandle width />
            {files}
        </div>
    }
    .into_any()
}

#[component]
fn Stack(
    steps: Vec<Step>,
    selected: RwSignal<u32>,
    files_open: RwSignal<bool>,
    view: View,
) -> impl IntoView {
    let text = use_text();
    let words = text.images;
    let plan = plan(&steps);
    let node = NodeRef::<html::Div>::new();
    let top = steps.last().map_or(0, |step| step.number);
    let bottom = steps.first().map_or(0, |step| step.number);
    let on_key = move |event: ev::KeyboardEvent| {
        let now = selected.get_untracked();
        let next = match event.code().as_str() {
            "ArrowUp" | "KeyK" => (now + 1).min(top),
            "ArrowDown" | "KeyJ" => now.saturating_sub(1).max(bottom),
            "Home" => top,
            "End" => bottom,
            "Enter" | "ArrowRight" => {
                files_open.set(true);
                event.prevent_default();
                return;
            }
            _ => return,
        };
        event.prevent_default();
        selected.set(next);
        if let Some(row) = row_of(node, next) {
            let _ = row.focus();
        }
    };
    let shared = base_shared_by(&steps, &plan);
    let rows = steps
        .iter()
        .rev()
        .map(|step| {
            let line = (plan.base == Some(step.number))
                .then(|| view! { <BaseLine words shared_by=shared /> });
            view! {
                {line}
                <Row step=step.clone() selected view />
            }
        })
        .collect_view();
    view! {
        <div class="lwrap">
            <Slabs steps=steps.clone() plan=plan.clone() selected />
            <Leads plan selected />
            <div
                class="lrows grow"
                role="listbox"
                aria-label=words.steps()
                node_ref=node
                on:keydown=on_key
            >
                {rows}
            </div>
        </div>
    }
}

fn row_of(node: NodeRef<html::Div>, number: u32) -> Option<HtmlElement> {
    let selector = format!("[data-number='{number}']");
    let row = node.get_untracked()?.query_selector(&selector).ok()??;
    row.dyn_into().ok()
}

/// How many images stand on the same base.
fn base_shared_by(steps: &[Step], plan: &Plan) -> u32 {
    let in_base = |step: &&Step| plan.base.is_some_and(|base| step.number <= base);
    let layers = steps
        .iter()
        .filter(in_base)
        .filter_map(|step| step.layer.as_ref());
    layers.map(|layer| layer.shared_by).min().unwrap_or(0)
}

/// The slabs; the pointer's way to a layer. The keyboard's is the list of steps beside them.
#[component]
fn Slabs(steps: Vec<Step>, plan: Plan, selected: RwSignal<u32>) -> impl IntoView {
    let text = use_text();
    let words = text.images;
    let slab = |slab: &super::stack::Slab| {
        let number = slab.number;
        let step = steps.iter().find(|step| step.number == number)?;
        let size = step.layer.as_ref().map_or(0, |layer| layer.size);
        let label = words.layer_label(number, &instruction(words, step), &text.size(size));
        let style = format!(
            "--c:{};top:{}rem;height:{}rem",
            colour(step.kind),
            slab.top / 16.0,
            slab.height / 16.0
        );
        Some(view! {
            <button
                type="button"
                class="slab"
                role="option"
                tabindex="-1"
                aria-selected=move || (selected.get() == number).to_string()
                aria-label=label.clone()
                title=label
                style=style
                on:click=move |_| selected.set(number)
            ></button>
        })
    };
    view! {
        <div
            class="stack"
            role="listbox"
            aria-label=words.stack()
            style=format!("width:5rem;height:{}rem", plan.height / 16.0)
        >
            {plan.slabs.iter().filter_map(slab).collect_view()}
        </div>
    }
}

/// The lines from the slabs to their rows.
#[component]
fn Leads(plan: Plan, selected: RwSignal<u32>) -> impl IntoView {
    let lead = |slab: &super::stack::Slab| {
        let number = slab.number;
        let (from, to) = (slab.top + slab.height / 2.0, slab.row_middle);
        view! {
            <path
                class="lead"
                data-on=move || (selected.get() == number).then_some("")
                d=format!("M0 {from:.1}C14 {from:.1} 14 {to:.1} 28 {to:.1}")
            ></path>
        }
    };
    view! {
        <svg
            class="leads"
            viewBox=format!("0 0 28 {}", plan.height)
            style=format!("height:{}rem", plan.height / 16.0)
            aria-hidden="true"
        >
            {plan.slabs.iter().map(lead).collect_view()}
        </svg>
    }
}

#[component]
fn Row(step: Step, selected: RwSignal<u32>, view: View) -> impl IntoView {
    let text = use_text();
    let number = step.number;
    let whole = instruction(text.images, &step);
    let (verb, rest) = match whole.split_once(' ') {
        Some((verb, rest)) if verb.chars().all(|letter| letter.is_ascii_uppercase()) => {
            (verb.to_owned(), format!(" {rest}"))
        }
        _ => (String::new(), whole.clone()),
    };
    let size = step.layer.as_ref().map_or(0, |layer| layer.size);
    let chosen = move || selected.get() == number;
    let layer = step.layer.as_ref().map(|layer| layer.index as usize);
    let wasted = move || {
        let layers = |waste: &Option<Waste>| waste.as_ref()?.layers.get(layer?).cloned();
        let wasted = view.waste.with(layers)?;
        // A replaced /etc/passwd is nothing to look into.
        if wasted.bytes * 100 < size {
            return None;
        }
        let bytes = text.size(wasted.bytes);
        let by = view.step_of_layer.run(wasted.by?);
        Some(view! {
            <span
                class="badge badge--warn wst"
                title=text.images.wasted_by(by, &bytes)
                data-test="layer-wasted"
            >
                <Icon symbol=Symbol::TriangleAlert />
                <span class="sr">{text.images.wasted_word()} " "</span>
                {bytes.clone()}
            </span>
        })
    };
    view! {
        <div
            class="lrow"
            role="option"
            aria-selected=move || chosen().to_string()
            tabindex=move || if chosen() { "0" } else { "-1" }
            data-zero=step.layer.is_none().then_some("")
            data-number=number
            data-test="layer-row"
            on:click=move |_| selected.set(number)
        >
            <span class="no">{number}</span>
            <span class="ins mono cut" title=whole>
                <b>{verb}</b>
                {rest}
            </span>
            {wasted}
            <span class="sz" title=text.exact_bytes(size)>
                {text.size(size)}
            </span>
        </div>
    }
}

#[component]
fn BaseLine(words: Images, shared_by: u32) -> impl IntoView {
    view! {
        <div class="lbase" role="presentation">
            <span class="cut med">{words.base_image()}</span>
            {(shared_by > 1)
                .then(|| {
                    view! {
                        <span class="badge badge--water">
                            <Icon symbol=Symbol::Link />
                            {words.shared_by(shared_by)}
                        </span>
                    }
                })}
        </div>
    }
}

/// What the colours mean; at narrow widths also the way to the files.
#[component]
fn Legend(children: Children) -> impl IntoView {
    let text = use_text().images;
    let key = |kind: StepKind, label: &'static str| {
        view! {
            <span class="row row--tight">
                <i class="sw" style=format!("--c:{}", colour(kind))></i>
                {label}
            </span>
        }
    };
    view! {
        <div class="row xs t3 legend">
            {key(StepKind::Base, text.base_image())}
            {key(StepKind::Command, text.commands())}
            {key(StepKind::Copy, text.copied())}
            <span class="push nowrap p3">{text.to_scale()}</span>
            <span class="push only-narrow">{children()}</span>
        </div>
    }
}

fn colour(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Base | StepKind::Metadata => "var(--cargo-slate)",
        StepKind::Command => "var(--cargo-steel)",
        StepKind::Copy => "var(--cargo-teal)",
    }
}

fn instruction(words: Images, step: &Step) -> String {
    if step.instruction.is_empty() {
        words.unknown_step().to_owned()
    } else {
        step.instruction.clone()
    }
}

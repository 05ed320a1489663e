//! What a container uses: four charts of the last minutes or hour that go on, and its processes.

mod chart;
mod processes;
mod readings;
mod scale;

use gantry_view::{Container, Usage, UsagePoint, UsageSpan};
use leptos::prelude::*;

use self::{
    chart::{Card, Curve},
    processes::Processes,
    readings::Readings,
    scale::{top_of_bytes, top_of_cpu},
};
use crate::{
    dialogs,
    i18n::use_text,
    parts::{Button, ButtonKind, ButtonSize, Empty, Segment, Segmented, Symbol, use_layers},
    state::{save_table, use_store},
};

const STEEL: &str = "--cargo-steel";
const TEAL: &str = "--cargo-teal";
const RUST: &str = "--cargo-rust";

#[component]
pub fn StatsTab(id: String, container: RwSignal<Container>) -> impl IntoView {
    let text = use_text();
    let words = text.stats;
    let (store, layers) = (use_store(), use_layers());
    let readings = Readings::follow(id.clone());
    let key = StoredValue::new(id);
    let points = readings.points();
    let runs = Memo::new(move |_| container.with(|container| container.state.is_up()));
    let none = Memo::new(move |_| points.with(Vec::is_empty));
    let summed = Memo::new(move |_| now(points).is_some_and(|usage| usage.summed));
    let processes = move || now(points).map(|usage| words.processes(usage.pids));
    view! {
        <div class="bar">
            <Segmented
                label=words.range()
                segments=vec![
                    Segment::new(UsageSpan::Minutes, words.minutes()),
                    Segment::new(UsageSpan::Hour, words.hour()),
                ]
                value=readings.span
                on_choose=move |span| readings.show(span)
                small=true
            />
            <span class="t3 sm cut">
                {move || match readings.span.get() {
                    UsageSpan::Minutes => words.what(),
                    UsageSpan::Hour => words.what_hour(),
                }}
            </span>
            <span class="push"></span>
            <span class="t2 sm nowrap" data-test="stats-processes">{processes}</span>
            <Button
                kind=ButtonKind::Quiet
                size=ButtonSize::Small
                icon=Symbol::Gauge
                class="p3"
                on_press=move |()| dialogs::open_limits(store, layers, key.get_value())
            >
                {text.limits.change_more()}
            </Button>
            <Button
                kind=ButtonKind::Quiet
                size=ButtonSize::Small
                icon=Symbol::Download
                on_press=move |()| {
                    let name = container.with_untracked(|container| container.name.clone());
                    save_table(store, &name, points.with_untracked(|points| Readings::csv(points)));
                }
                {..}
                data-test="stats-csv"
            >
                {words.export_csv()}
            </Button>
        </div>
        <Show
            when=move || !none.get()
            fallback=move || {
                let (title, said) = if runs.get() {
                    (words.unmeasured_title(), words.unmeasured_text())
                } else {
                    (words.stopped_title(), words.stopped_text())
                };
                view! { <Empty title=title.to_owned() text=said.to_owned() /> }
            }
        >
            <div class="body pad stats-page" data-test="stats">
                <Show when=move || summed.get()>
                    <p class="hint stats-note">{words.summed()}</p>
                </Show>
                <Cards readings points container />
                <Processes id=key.get_value() container />
            </div>
        </Show>
    }
}

/// The latest reading.
fn now(points: Memo<Vec<UsagePoint>>) -> Option<Usage> {
    points.with(|points| points.last().map(|point| point.usage))
}

/// The highest of a value.
fn peak(points: &[UsagePoint], value: fn(&Usage) -> u64) -> u64 {
    let values = points.iter().map(|point| value(&point.usage));
    values.max().unwrap_or_default()
}

#[component]
fn Cards(
    readings: Readings,
    points: Memo<Vec<UsagePoint>>,
    container: RwSignal<Container>,
) -> impl IntoView {
    let text = use_text();
    let words = text.stats;
    let (computer, memory) = (readings.computer, readings.memory);
    let span = Memo::new(move |_| readings.span.get());
    // All of the computer's, or its own limit, which may change while it runs.
    let cores = Memo::new(
        move |_| match container.with(|container| container.cpu_limit_millis) {
            0 => f64::from(computer.get()),
            millis => millis as f64 / 1000.0,
        },
    );
    let percent = |value: f64| format!("{value:.1} %");
    let rate = move |bytes: u64| text.transfers.per_second(&text.size(bytes));
    let highest_cpu = move || {
        points.with(|points| {
            points
                .iter()
                .map(|point| point.usage.cpu)
                .fold(0.0, f64::max)
        })
    };
    let highest = move |value: fn(&Usage) -> u64| points.with(|points| peak(points, value));
    let latest = move || now(points).unwrap_or_default();

    let cpu_top = Signal::derive(move || top_of_cpu(highest_cpu(), cores.get()));
    let memory_top = Signal::derive(move || {
        let peak = highest(|usage| usage.memory);
        match latest().memory_limit {
            Some(limit) => limit.max(peak) as f64 * 1.25,
            None => top_of_bytes(peak + peak / 8),
        }
    });
    let network_top =
        Signal::derive(move || top_of_bytes(highest(|usage| usage.rx_rate.max(usage.tx_rate))));
    let disk_top = Signal::derive(move || {
        top_of_bytes(highest(|usage| usage.read_rate.max(usage.write_rate)))
    });
    view! {
        <div class="stats-cards">
            <Card
                title=words.cpu()
                figure=move || percent(latest().cpu)
                more=move || words.of_cores(cores.get(), &percent(highest_cpu()))
                curves=vec![Curve::new(STEEL, |point| point.usage.cpu)]
                points
                span
                top=cpu_top
                unit=|value| format!("{value:.0} %")
                test="stats-cpu"
            />
            <Card
                title=words.memory()
                figure=move || text.size(latest().memory)
                more=move || {
                    words.of_bytes(
                        &text.size(memory.get()),
                        &text.size(highest(|usage| usage.memory)),
                    )
                }
                curves=vec![Curve::new(STEEL, |point| point.usage.memory as f64)]
                limit=Signal::derive(move || latest().memory_limit.map(|limit| limit as f64))
                points
                span
                top=memory_top
                unit=move |value| text.size(value as u64)
                test="stats-memory"
            />
            <Card
                title=words.network()
                figure=move || rate(latest().rx_rate)
                more=move || words.in_and_out(&rate(latest().tx_rate))
                curves=vec![
                    Curve::new(STEEL, |point| point.usage.rx_rate as f64).named(words.incoming()),
                    Curve::new(TEAL, |point| point.usage.tx_rate as f64).named(words.outgoing()),
                ]
                points
                span
                top=network_top
                unit=move |value| rate(value as u64)
                test="stats-network"
            />
            <Card
                title=words.disk()
                figure=move || rate(latest().write_rate)
                more=move || words.written_and_read(&rate(latest().read_rate))
                curves=vec![
                    Curve::new(RUST, |point| point.usage.write_rate as f64).named(words.write()),
                    Curve::new(STEEL, |point| point.usage.read_rate as f64).named(words.read()),
                ]
                points
                span
                top=disk_top
                unit=move |value| rate(value as u64)
                test="stats-disk"
            />
        </div>
    }
}

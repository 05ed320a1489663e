//! One figure with its course.

use gantry_view::{UsagePoint, UsageSpan};
use leptos::prelude::*;

use super::scale::{Ground, HEIGHT, WIDTH};
use crate::i18n::use_text;

/// One line of a chart.
#[derive(Clone, Copy)]
pub struct Curve {
    /// A token.
    colour: &'static str,
    name: &'static str,
    value: fn(&UsagePoint) -> f64,
}

impl Curve {
    pub fn new(colour: &'static str, value: fn(&UsagePoint) -> f64) -> Self {
        Self {
            colour,
            name: "",
            value,
        }
    }

    /// What it is called where there are several.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }
}

#[component]
pub fn Card(
    title: &'static str,
    figure: impl Fn() -> String + Copy + Send + Sync + 'static,
    /// What is allowed, and the highest.
    more: impl Fn() -> String + Copy + Send + Sync + 'static,
    curves: Vec<Curve>,
    #[prop(optional, into)] limit: Signal<Option<f64>>,
    points: Memo<Vec<UsagePoint>>,
    span: Memo<UsageSpan>,
    /// The value at the upper edge.
    top: Signal<f64>,
    unit: impl Fn(f64) -> String + Copy + Send + Sync + 'static,
    /// Its name in tests.
    test: &'static str,
) -> impl IntoView {
    let words = use_text().stats;
    let names = curves
        .iter()
        .filter(|curve| !curve.name.is_empty())
        .map(|curve| {
            view! {
                <span class="row row--tight">
                    <i class="sw" style=format!("--c:var({})", curve.colour)></i>
                    {curve.name}
                </span>
            }
        })
        .collect_view();
    let ground = move || Ground {
        now: points.with(|points| points.last().map_or(0, |point| point.time)),
        span: span.get(),
        top: top.get(),
    };
    let drawn = curves
        .into_iter()
        .enumerate()
        .map(|(at, curve)| {
            let colour = format!("--c:var({})", curve.colour);
            let below = move || points.with(|points| ground().area(points, curve.value));
            let above = move || points.with(|points| ground().line(points, curve.value));
            view! {
                {(at == 0).then(|| view! { <path class="ar" style=colour.clone() d=below /> })}
                <path class="ln" style=colour d=above />
            }
        })
        .collect_view();
    let limit_line = move || {
        limit.get().map(|limit| {
            let y = HEIGHT * (1.0 - limit / top.get());
            view! { <path class="limit" d=format!("M0 {y:.1}H{WIDTH}") /> }
        })
    };
    let limit_words = move || limit.get().map(|limit| words.limit(&unit(limit)));
    let half = HEIGHT / 2.0;
    let grid = format!(
        "M0 .5H{WIDTH}M0 {half}H{WIDTH}M0 {:.1}H{WIDTH}",
        HEIGHT - 0.5
    );
    view! {
        <section class="card stats-card" data-test=test>
            <div class="row stats-card-h">
                <span class="med t2">{title}</span>
                <span class="push sm t3 row">{names} {limit_words}</span>
            </div>
            <div class="row stats-figure">
                <span class="figure">{figure}</span>
                <span class="sm t3 cut">{more}</span>
            </div>
            <div class="stats-chart">
                <svg
                    class="chart"
                    viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                    preserveAspectRatio="none"
                    role="img"
                    aria-label=move || format!("{title}: {}, {}", figure(), more())
                >
                    <path class="grid" d=grid />
                    {drawn}
                    {limit_line}
                </svg>
                <div class="xs t3 stats-axis">
                    <span>{move || unit(top.get())}</span>
                    <span>{move || unit(top.get() / 2.0)}</span>
                    <span>"0"</span>
                </div>
            </div>
            <div class="row xs t3 stats-times">
                <span>
                    {move || match span.get() {
                        UsageSpan::Minutes => words.five_minutes_ago(),
                        UsageSpan::Hour => words.hour_ago(),
                    }}
                </span>
                <span>{words.now()}</span>
            </div>
        </section>
    }
}

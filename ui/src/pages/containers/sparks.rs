//! What a container uses, in its row: the course of five minutes and the figure.

use std::fmt::Write;

use gantry_view::{Container, ContainerState};
use leptos::prelude::*;

use crate::{
    i18n::use_text,
    state::{Course, Moment, SPAN, Usages, use_store},
};

/// The ground that a course is drawn on.
const WIDTH: f64 = 48.0;
const HEIGHT: f64 = 18.0;

/// How near a value is to what is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Calm,
    Hot,
    Full,
}

impl Level {
    fn of(share: f64) -> Self {
        match share {
            share if share >= 0.95 => Self::Full,
            share if share >= 0.8 => Self::Hot,
            _ => Self::Calm,
        }
    }

    fn word(self) -> Option<&'static str> {
        match self {
            Self::Calm => None,
            Self::Hot => Some("hot"),
            Self::Full => Some("full"),
        }
    }
}

/// The cells of processor and memory.
#[component]
pub fn Uses(container: RwSignal<Container>, usages: Usages) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let id = container.with_untracked(|container| container.id.clone());
    let course = usages.of(&id);
    let alive = StoredValue::new(());
    usages.recall(id, move || alive.try_get_value().is_some());
    let state = Memo::new(move |_| container.with(|container| container.state));
    // Per cent of one processor.
    let allowed = Memo::new(move |_| {
        let millis = container.with(|container| container.cpu_limit_millis);
        match millis {
            0 => store.engine.with(|engine| f64::from(engine.cpus) * 100.0),
            millis => millis as f64 / 10.0,
        }
    });
    let cpu = Shown {
        course: course.clone(),
        value: |moment| moment.cpu,
        // What uses a little of a large machine is seen as well as what uses one processor.
        top: move |moments: &[Moment]| {
            highest(moments, |moment| moment.cpu).max(allowed.get().min(100.0))
        },
        level: move |moment: &Moment| match Level::of(moment.cpu / allowed.get().max(1.0)) {
            // A processor that is used is no processor that is missing.
            Level::Full => Level::Hot,
            level => level,
        },
        figure: move |moment: &Moment| match state.get() {
            ContainerState::Paused => "0 %".to_owned(),
            _ => format!("{:.1} %", moment.cpu),
        },
    };
    let memory = Shown {
        course,
        value: |moment| moment.memory as f64,
        top: |moments: &[Moment]| match moments.last().and_then(|moment| moment.memory_limit) {
            Some(limit) => limit as f64,
            None => highest(moments, |moment| moment.memory as f64) * 1.5,
        },
        level: |moment: &Moment| match moment.memory_limit {
            Some(limit) => Level::of(moment.memory as f64 / limit.max(1) as f64),
            None => Level::Calm,
        },
        figure: move |moment: &Moment| text.size(moment.memory),
    };
    view! {
        <td class="num" role="gridcell" data-test="row-cpu">
            {cpu.view(state, "spark-cpu")}
        </td>
        <td class="num" role="gridcell" data-test="row-memory">
            {memory.view(state, "spark-memory")}
        </td>
    }
}

fn highest(moments: &[Moment], value: fn(&Moment) -> f64) -> f64 {
    moments.iter().map(value).fold(0.0, f64::max)
}

/// One figure of a container.
struct Shown<T, L, F> {
    course: Course,
    value: fn(&Moment) -> f64,
    /// What the upper edge stands for.
    top: T,
    level: L,
    figure: F,
}

impl<T, L, F> Shown<T, L, F>
where
    T: Fn(&[Moment]) -> f64 + Send + Sync + 'static,
    L: Fn(&Moment) -> Level + Send + Sync + 'static,
    F: Fn(&Moment) -> String + Send + Sync + 'static,
{
    /// A line and its words: two attributes and one text change a second, whatever came.
    fn view(self, state: Memo<ContainerState>, class: &'static str) -> impl IntoView {
        let drawn = Memo::new({
            let course = self.course.clone();
            move |_| course.with(|moments| line(moments, (self.top)(moments), self.value))
        });
        let told = Memo::new(move |_| {
            let up = matches!(
                state.get(),
                ContainerState::Running | ContainerState::Paused
            );
            self.course.with(|moments| {
                let last = moments.last().filter(|_| up)?;
                Some(((self.figure)(last), (self.level)(last)))
            })
        });
        let is_known = Memo::new(move |_| told.with(Option::is_some));
        move || {
            if !is_known.get() {
                return view! { <span class="t3">"—"</span> }.into_any();
            }
            let level = move || told.with(|told| told.as_ref().and_then(|(_, level)| level.word()));
            let figure = move || told.with(|told| told.as_ref().map(|(figure, _)| figure.clone()));
            let below = move || {
                drawn.with(|(line, from, to)| {
                    format!(
                        "M{from:.1} {HEIGHT}L{}L{to:.1} {HEIGHT}Z",
                        line.get(1..).unwrap_or_default()
                    )
                })
            };
            view! {
                <span class="row row--tight row--end">
                    <svg
                        class="spark"
                        viewBox="0 0 48 18"
                        preserveAspectRatio="none"
                        data-l=level
                        aria-hidden="true"
                    >
                        <path class="fill" d=below />
                        <path d=move || drawn.with(|(line, _, _)| line.clone()) />
                    </svg>
                    <span class=class>{figure}</span>
                </span>
            }
            .into_any()
        }
    }
}

/// The line of a value, and from where to where it goes.
fn line(moments: &[Moment], top: f64, value: fn(&Moment) -> f64) -> (String, f64, f64) {
    let now = moments.last().map_or(0, |moment| moment.time);
    let place = |time: i64| WIDTH * (1.0 - (now - time) as f64 / SPAN as f64);
    let mut line = String::new();
    for (at, moment) in moments.iter().enumerate() {
        let y = HEIGHT * (1.0 - (value(moment) / top.max(f64::MIN_POSITIVE)).min(1.0));
        let letter = if at == 0 { 'M' } else { 'L' };
        // Writing into a string cannot fail.
        let _ = write!(line, "{letter}{:.1} {y:.1}", place(moment.time));
    }
    let from = moments.first().map_or(WIDTH, |moment| place(moment.time));
    (line, from, WIDTH)
}

#[cfg(test)]
mod tests {
    use super::{Level, Moment, SPAN, line};

    #[test]
    fn a_course_ends_at_the_right_edge() {
        let moment = |time, cpu| Moment {
            time,
            cpu,
            memory: 0,
            memory_limit: None,
        };
        let moments = [moment(SPAN / 2, 50.0), moment(SPAN, 100.0)];
        let drawn = line(&moments, 100.0, |moment| moment.cpu);
        assert_eq!(drawn, ("M24.0 9.0L48.0 0.0".to_owned(), 24.0, 48.0));
        assert_eq!(line(&[], 0.0, |moment| moment.cpu).0, "");
    }

    #[test]
    fn what_is_near_its_limit_is_told() {
        assert_eq!(
            [0.5, 0.8, 0.99].map(|share| Level::of(share).word()),
            [None, Some("hot"), Some("full")]
        );
    }
}

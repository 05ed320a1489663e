//! The processes of a container with what each uses, sorted by a press on a column.

use std::cmp::Ordering;

use gantry_view::{Container, Process, WatchProcesses};
use leptos::prelude::*;

use crate::{backend, i18n::use_text, parts::SortHead, state::use_store};

/// More would not be read.
const SHOWN: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Pid,
    Command,
    Cpu,
    Memory,
    RunningFor,
}

/// By which column, and whether the largest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sort {
    column: Column,
    descending: bool,
}

impl Sort {
    /// The same column again turns it round; of figures the largest come first.
    fn pressed(self, column: Column) -> Self {
        Self {
            column,
            descending: if self.column == column {
                !self.descending
            } else {
                matches!(column, Column::Cpu | Column::Memory | Column::RunningFor)
            },
        }
    }

    fn compare(self, a: &Process, b: &Process) -> Ordering {
        let order = match self.column {
            Column::Pid => Ordering::Equal,
            Column::Command => a.command.cmp(&b.command),
            Column::Cpu => a.cpu.total_cmp(&b.cpu),
            Column::Memory => a.memory.cmp(&b.memory),
            Column::RunningFor => b.started_at.cmp(&a.started_at),
        };
        let order = order.then(a.pid.cmp(&b.pid));
        if self.descending {
            order.reverse()
        } else {
            order
        }
    }
}

#[component]
pub fn Processes(id: String, container: RwSignal<Container>) -> impl IntoView {
    let words = use_text().stats;
    let all = RwSignal::new(Vec::<Process>::new());
    let subscription = backend::subscribe(
        &WatchProcesses { id },
        move |mut lists: Vec<Vec<Process>>| {
            if let Some(latest) = lists.pop() {
                all.set(latest);
            }
        },
        // The table keeps what it knows.
        |_| (),
    );
    let subscription = StoredValue::new_local(Some(subscription));
    on_cleanup(move || drop(subscription.try_update_value(Option::take)));
    let sort = RwSignal::new(Sort {
        column: Column::Cpu,
        descending: true,
    });
    let is_up = Memo::new(move |_| container.with(|container| container.state.is_up()));
    let shown = Memo::new(move |_| {
        if !is_up.get() {
            return Vec::new();
        }
        let mut rows = all.get();
        let sort = sort.get();
        rows.sort_by(|a, b| sort.compare(a, b));
        rows.truncate(SHOWN);
        rows
    });
    let count = move || {
        let all = all.with(Vec::len);
        if all > SHOWN {
            format!("{all}, {}", words.first_processes(SHOWN))
        } else {
            all.to_string()
        }
    };
    let head = move |column, label: &'static str, class: &'static str| {
        view! { <Head sort column label class /> }
    };
    view! {
        <Show when=move || !shown.with(Vec::is_empty)>
            <section class="card stats-processes" data-test="stats-process-list">
                <div class="card-h">
                    {words.process_list()} " " <span class="t3 sm n">{count}</span>
                </div>
                <table class="tbl tbl--plain">
                    <colgroup>
                        <col style="width:5rem" />
                        <col />
                        <col style="width:6rem" />
                        <col style="width:6rem" />
                        <col style="width:7.5rem" />
                    </colgroup>
                    <thead>
                        <tr>
                            {head(Column::Pid, words.pid(), "")}
                            {head(Column::Command, words.command(), "")}
                            {head(Column::Cpu, words.cpu(), "num")}
                            {head(Column::Memory, words.memory(), "num")}
                            {head(Column::RunningFor, words.running_for(), "num")}
                        </tr>
                    </thead>
                    <tbody>
                        <For
                            each=move || shown.get()
                            key=|process| (process.pid, process.started_at)
                            children=move |process| view! { <Row process shown /> }
                        />
                    </tbody>
                </table>
            </section>
        </Show>
    }
}

#[component]
fn Head(
    sort: RwSignal<Sort>,
    column: Column,
    label: &'static str,
    class: &'static str,
) -> impl IntoView {
    let descending = Signal::derive(move || {
        let sort = sort.get();
        (sort.column == column).then_some(sort.descending)
    });
    let press = move |()| sort.update(|sort| *sort = sort.pressed(column));
    view! { <SortHead label class descending on_press=press /> }
}

/// A row stays the same element while its figures change.
#[component]
fn Row(process: Process, shown: Memo<Vec<Process>>) -> impl IntoView {
    let text = use_text();
    let store = use_store();
    let (pid, started_at) = (process.pid, process.started_at);
    let command = process.command.clone();
    let whole = command.clone();
    let now = Memo::new(move |_| {
        let is_it = |row: &&Process| row.pid == pid && row.started_at == started_at;
        let found = shown.with(|rows| rows.iter().find(is_it).map(|row| (row.cpu, row.memory)));
        found.unwrap_or((process.cpu, process.memory))
    });
    let cpu = move || format!("{:.1} %", now.get().0);
    let memory = move || text.size(now.get().1);
    let lived = move || text.span(store.now.get() - started_at);
    view! {
        <tr data-test="stats-process">
            <td class="mono t2">{pid}</td>
            <td class="mono" title=whole>
                {command}
            </td>
            <td class="num">{cpu}</td>
            <td class="num">{memory}</td>
            <td class="num t2">{lived}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Process, Sort};

    #[test]
    fn a_press_sorts_and_another_turns_it_round() {
        let process = |pid, cpu, command: &str, started_at| Process {
            pid,
            command: command.to_owned(),
            cpu,
            memory: 0,
            started_at,
        };
        let rows = [
            process(1, 1.0, "b", 10),
            process(7, 9.0, "a", 20),
            process(8, 1.0, "c", 5),
        ];
        let sorted = |sort: Sort| {
            let mut rows = rows.to_vec();
            rows.sort_by(|a, b| sort.compare(a, b));
            rows.iter().map(|row| row.pid).collect::<Vec<_>>()
        };
        let first = Sort {
            column: Column::Pid,
            descending: false,
        };
        assert_eq!(sorted(first), [1, 7, 8]);
        assert_eq!(sorted(first.pressed(Column::Cpu)), [7, 8, 1]);
        assert_eq!(sorted(first.pressed(Column::Command)), [7, 1, 8]);
        let longest = first.pressed(Column::RunningFor);
        assert_eq!(sorted(longest), [8, 1, 7]);
        assert_eq!(sorted(longest.pressed(Column::RunningFor)), [7, 1, 8]);
    }
}

//! Why a container stopped: the facts, and one plain sentence.

use gantry_log::{Reader, Stream};
use gantry_wire::gantry::{Ending, EndingCause};
use serde::{Deserialize, Serialize};

use super::folder::Folder;
use super::record::View;
use super::signal;

/// How many rows of the log are looked at, and how many are told.
const LOOKED_AT: u64 = 200;
const TOLD: usize = 3;
/// Characters of a row.
const WIDTH: usize = 300;

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wish {
    pub(crate) verb: Verb,
    pub(crate) signal: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verb {
    Stop,
    Kill,
}

/// Why it ended, from its state after the end and from its log. Blocks.
pub(crate) fn of(view: &View, folder: &Folder) -> Ending {
    let state = &view.state;
    let cause = cause(view);
    let failed = matches!(
        cause,
        EndingCause::Failed | EndingCause::Crashed | EndingCause::KilledByOthers
    );
    let health = state.health.as_ref();
    let memory = u64::try_from(view.definition.host_config.resources.memory).ok();
    let mut ending = Ending {
        cause,
        exit_code: state.exit_code,
        signal: state.signal.map(signal::name),
        memory_limit: memory.filter(|limit| cause == EndingCause::OutOfMemory && *limit > 0),
        failed_checks: health
            .map(|health| health.failing_streak)
            .filter(|streak| *streak > 0),
        lines: if failed {
            last_lines(folder)
        } else {
            Vec::new()
        },
        sentence: String::new(),
    };
    ending.sentence = sentence(&ending, &state.error);
    ending
}

/// The same of one that did not start.
pub(crate) fn not_started(error: &str, exit_code: i32) -> Ending {
    let mut ending = Ending {
        cause: EndingCause::NotStarted,
        exit_code,
        ..Ending::default()
    };
    ending.sentence = sentence(&ending, error);
    ending
}

fn cause(view: &View) -> EndingCause {
    let state = &view.state;
    if state.lost {
        return EndingCause::SupervisorLost;
    }
    if state.oom_killed && state.exit_code != 0 {
        return EndingCause::OutOfMemory;
    }
    let by_signal = |asked: i32| state.signal == Some(asked);
    match &state.asked {
        Some(Wish {
            verb: Verb::Kill,
            signal,
        }) if by_signal(*signal) => return EndingCause::Killed,
        Some(Wish {
            verb: Verb::Stop,
            signal,
        }) if by_signal(signal::SIGKILL) && *signal != signal::SIGKILL => {
            return EndingCause::StoppedByForce;
        }
        // A signal that a program takes as a wish to end, or a reload that it survived long ago.
        Some(Wish { verb, signal }) if *verb == Verb::Stop || signal::asks_to_end(*signal) => {
            return EndingCause::Stopped;
        }
        _ => {}
    }
    match state.signal {
        None if state.exit_code == 0 => EndingCause::Finished,
        None => EndingCause::Failed,
        Some(number) if signal::is_a_crash(number) => EndingCause::Crashed,
        Some(_) => EndingCause::KilledByOthers,
    }
}

fn sentence(ending: &Ending, error: &str) -> String {
    let code = ending.exit_code;
    let signal = ending.signal.as_deref().unwrap_or("a signal");
    let mut text = match ending.cause {
        EndingCause::Finished => "It was done (exit code 0)".to_owned(),
        EndingCause::Failed => format!("It ended by itself with exit code {code}"),
        EndingCause::Crashed => format!("It crashed ({signal})"),
        EndingCause::KilledByOthers => {
            format!("It was ended by {signal}, which another program sent")
        }
        EndingCause::Stopped => format!("It was stopped on request (exit code {code})"),
        EndingCause::StoppedByForce => {
            "It was stopped on request, and killed because it did not end in time".to_owned()
        }
        EndingCause::Killed => format!("It was killed on request ({signal})"),
        EndingCause::OutOfMemory => match ending.memory_limit {
            Some(limit) => format!("It ran out of memory: its limit is {} MiB", limit >> 20),
            None => "It ran out of memory".to_owned(),
        },
        EndingCause::SupervisorLost => {
            "Its supervisor was killed, and it went down with it".to_owned()
        }
        EndingCause::NotStarted => format!("It did not start: {error}"),
    };
    if let Some(count) = ending.failed_checks {
        let times = if count == 1 { "time" } else { "times" };
        text = format!("{text}, after its health check had failed {count} {times} in a row");
    }
    if let Some(line) = ending.lines.last() {
        text = format!("{text}; the last that it wrote: {line}");
    }
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// What it wrote last to its error stream; where it wrote nothing there, to the other one.
fn last_lines(folder: &Folder) -> Vec<String> {
    let read = || -> gantry_log::Result<Vec<gantry_log::Entry>> {
        let mut reader = Reader::open(&folder.log())?;
        let extent = reader.extent()?;
        reader.seek_line(extent.end.saturating_sub(LOOKED_AT).max(extent.first))?;
        let mut entries = Vec::new();
        while let Some(entry) = reader.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    };
    // Without a log there is nothing to tell.
    let entries = read().unwrap_or_default();
    let of = |stream: Stream| {
        let texts = entries
            .iter()
            .filter(|entry| entry.stream == stream)
            .map(|entry| String::from_utf8_lossy(&entry.bytes).trim().to_owned())
            .filter(|text| !text.is_empty());
        let texts: Vec<_> = texts
            .map(|text| text.chars().take(WIDTH).collect())
            .collect();
        texts[texts.len().saturating_sub(TOLD)..].to_vec()
    };
    let errors: Vec<String> = of(Stream::Stderr);
    if errors.is_empty() {
        of(Stream::Stdout)
    } else {
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::view;
    use super::*;

    fn ended(set: impl FnOnce(&mut View)) -> Ending {
        let mut view = view();
        set(&mut view);
        let folder = Folder::new("/nowhere".as_ref(), view.id());
        of(&view, &folder)
    }

    fn ask(view: &mut View, verb: Verb, signal: i32) {
        view.state.asked = Some(Wish { verb, signal });
    }

    #[test]
    fn each_end_has_its_cause() {
        use EndingCause::{
            Crashed, Failed, Finished, Killed, KilledByOthers, OutOfMemory, Stopped,
            StoppedByForce, SupervisorLost,
        };
        type Set = fn(&mut View);
        let cases: [(Set, EndingCause); 9] = [
            (|_| {}, Finished),
            (|view| view.state.exit_code = 3, Failed),
            (|view| view.state.signal = Some(11), Crashed),
            (|view| view.state.signal = Some(9), KilledByOthers),
            (|view| ask(view, Verb::Stop, 15), Stopped),
            (
                |view| {
                    ask(view, Verb::Stop, 15);
                    view.state.signal = Some(9);
                },
                StoppedByForce,
            ),
            (
                |view| {
                    ask(view, Verb::Kill, 9);
                    view.state.signal = Some(9);
                },
                Killed,
            ),
            (
                |view| {
                    view.state.oom_killed = true;
                    view.state.exit_code = 137;
                },
                OutOfMemory,
            ),
            (|view| view.state.lost = true, SupervisorLost),
        ];
        for (set, expected) in cases {
            assert_eq!(ended(set).cause, expected);
        }
    }

    #[test]
    fn a_signal_that_was_survived_is_not_the_cause() {
        let ending = ended(|view| {
            ask(view, Verb::Kill, 1);
            view.state.exit_code = 2;
        });
        assert_eq!(ending.cause, EndingCause::Failed);
        assert_eq!(ending.sentence, "It ended by itself with exit code 2.");
    }

    #[test]
    fn a_sentence_tells_the_limit_and_the_checks() {
        let ending = ended(|view| {
            let mut definition = super::super::record::Definition::clone(&view.definition);
            definition.host_config.resources.memory = 64 << 20;
            view.definition = definition.into();
            view.state.oom_killed = true;
            view.state.exit_code = 137;
            view.state.health = Some(gantry_shim::Health {
                failing_streak: 2,
                ..gantry_shim::Health::default()
            });
        });
        assert_eq!(
            ending.sentence,
            "It ran out of memory: its limit is 64 MiB, after its health check had failed 2 times in a row."
        );
    }
}

//! CPU, memory and restarts as they are typed, and what is wrong with them.

use gantry_view::{Failure, RestartPolicy};
use leptos::prelude::*;

use crate::{
    i18n::{Run, Text},
    state::Store,
};

/// Docker refuses less than this.
const LEAST_MEMORY: u64 = 6 << 20;

/// A unit of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Mebibytes,
    Gibibytes,
}

impl Unit {
    pub fn word(self) -> &'static str {
        match self {
            Self::Mebibytes => "MiB",
            Self::Gibibytes => "GiB",
        }
    }

    fn bytes(self) -> f64 {
        match self {
            Self::Mebibytes => 1_048_576.0,
            Self::Gibibytes => 1_073_741_824.0,
        }
    }
}

/// Something that can be limited, by the name of its controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    Cpu,
    Memory,
    Pids,
}

impl Limited {
    fn controller(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Pids => "pids",
        }
    }
}

/// What the engine says of limits that nobody would enforce here.
pub fn warning(store: Store) -> Option<Failure> {
    store.engine.with(|engine| {
        let mut warnings = engine.warnings.iter();
        let found = warnings.find(|warning| warning.code == "limits-unavailable");
        found.cloned()
    })
}

/// Whether the engine could only refuse this limit.
pub fn is_missing(store: Store, limited: Limited) -> bool {
    warning(store).is_some_and(|warning| {
        let missing = warning.fact("missing");
        missing.split(", ").any(|name| name == limited.controller())
    })
}

/// The fields.
#[derive(Clone, Copy)]
pub struct LimitFields {
    pub store: Store,
    pub cpus: RwSignal<String>,
    pub memory: RwSignal<String>,
    pub unit: RwSignal<Unit>,
    pub restart: RwSignal<RestartPolicy>,
}

impl LimitFields {
    pub fn new(store: Store) -> Self {
        Self {
            store,
            cpus: RwSignal::new(String::new()),
            memory: RwSignal::new(String::new()),
            unit: RwSignal::new(Unit::Mebibytes),
            restart: RwSignal::new(RestartPolicy::No),
        }
    }

    /// As they would be typed; 0 is no limit.
    pub fn fill(self, cpu_millis: u64, memory_bytes: u64, restart: RestartPolicy) {
        if cpu_millis > 0 {
            self.cpus.set(cores(cpu_millis));
        }
        if memory_bytes > 0 {
            let unit = if memory_bytes.is_multiple_of(1 << 30) {
                Unit::Gibibytes
            } else {
                Unit::Mebibytes
            };
            let typed = memory_bytes as f64 / unit.bytes();
            self.memory.set(typed.to_string());
            self.unit.set(unit);
        }
        self.restart.set(restart);
    }

    /// Thousandths of a core; 0 where nothing was typed.
    pub fn cpu_millis(self) -> Result<u64, NotANumber> {
        let typed = self.cpus.with(|typed| number(typed))?;
        Ok(typed.map_or(0, |cores| (cores * 1000.0).round() as u64))
    }

    /// 0 where nothing was typed.
    pub fn memory_bytes(self) -> Result<u64, NotANumber> {
        let typed = self.memory.with(|typed| number(typed))?;
        Ok(typed.map_or(0, |value| (value * self.unit.get().bytes()).round() as u64))
    }

    pub fn cpu_fault(self, words: Run) -> Option<String> {
        let cores = self.store.engine.with(|engine| engine.cpus);
        match self.cpu_millis() {
            Ok(0) if self.cpus.with(|typed| typed.trim().is_empty()) => None,
            Ok(millis) if cores > 0 && millis > u64::from(cores) * 1000 => {
                Some(words.cpu_above(cores))
            }
            Ok(millis) if millis >= 10 => None,
            _ => Some(words.cpu_invalid().to_owned()),
        }
    }

    pub fn memory_fault(self, text: Text) -> Option<String> {
        let words = text.run;
        let total = self.store.engine.with(|engine| engine.memory_bytes);
        match self.memory_bytes() {
            Ok(0) => None,
            Ok(bytes) if bytes < LEAST_MEMORY => Some(words.memory_small().to_owned()),
            Ok(bytes) if total > 0 && bytes > total => Some(words.memory_above(&text.size(total))),
            Ok(_) => None,
            Err(NotANumber) => Some(words.memory_invalid().to_owned()),
        }
    }
}

/// `1.5`
pub fn cores(millis: u64) -> String {
    let whole = format!("{:.3}", millis as f64 / 1000.0);
    whole.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What was typed is not a number above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANumber;

/// A number with a point or a comma; nothing when nothing was typed.
fn number(typed: &str) -> Result<Option<f64>, NotANumber> {
    let typed = typed.trim().replace(',', ".");
    if typed.is_empty() {
        return Ok(None);
    }
    match typed.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(Some(value)),
        _ => Err(NotANumber),
    }
}

#[cfg(test)]
mod tests {
    use super::{NotANumber, cores, number};

    #[test]
    fn numbers_may_have_a_comma() {
        assert_eq!(number(""), Ok(None));
        assert_eq!(number(" 1.5 "), Ok(Some(1.5)));
        assert_eq!(number("0,5"), Ok(Some(0.5)));
        for wrong in ["0", "-1", "two", "inf", "NaN"] {
            assert_eq!(number(wrong), Err(NotANumber), "{wrong}");
        }
    }

    #[test]
    fn cores_are_written_short() {
        assert_eq!(cores(2000), "2");
        assert_eq!(cores(250), "0.25");
    }
}

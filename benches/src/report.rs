//! What was measured, as a table and as JSON.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use comfy_table::{CellAlignment, Table, presets::NOTHING};
use serde_json::{Value, json};

use crate::{Effort, samples::Samples};

/// One claim and what became of it.
pub struct Row {
    what: String,
    unit: &'static str,
    samples: Samples,
    /// The most it may be, and why that.
    target: Option<(f64, String)>,
    peers: BTreeMap<&'static str, f64>,
    note: String,
}

impl Row {
    pub fn new(what: impl Into<String>, unit: &'static str, samples: Samples) -> Self {
        Self {
            what: what.into(),
            unit,
            samples,
            target: None,
            peers: BTreeMap::new(),
            note: String::new(),
        }
    }

    /// A fixed limit.
    pub fn at_most(mut self, limit: f64) -> Self {
        self.target = Some((limit, String::new()));
        self
    }

    /// A share of something that was measured beside it.
    pub fn at_most_of(mut self, share: f64, name: &'static str, other: &Samples) -> Self {
        let limit = share * other.median();
        self.target = Some((limit, format!("{share} × {name}")));
        self.peer(name, other)
    }

    /// What another program needs for the same.
    pub fn peer(mut self, name: &'static str, samples: &Samples) -> Self {
        self.peers.insert(name, samples.median());
        self
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    fn met(&self) -> Option<bool> {
        let (limit, _) = self.target.as_ref()?;
        Some(self.samples.median() <= *limit)
    }

    fn json(&self) -> Value {
        let (low, high) = self.samples.spread();
        json!({
            "what": self.what,
            "unit": self.unit,
            "median": self.samples.median(),
            "low": low,
            "high": high,
            "samples": self.samples.all(),
            "at_most": self.target.as_ref().map(|(limit, _)| limit),
            "because": self.target.as_ref().map(|(_, why)| why),
            "met": self.met(),
            "peers": self.peers,
            "note": self.note,
        })
    }
}

/// All rows, with what they were measured on.
pub struct Report {
    binaries: PathBuf,
    effort: Effort,
    rows: Vec<Row>,
    /// What could not be measured, and why.
    skipped: Vec<(String, String)>,
}

impl Report {
    pub fn new(binaries: &Path, effort: Effort) -> Self {
        Self {
            binaries: binaries.to_owned(),
            effort,
            rows: Vec::new(),
            skipped: Vec::new(),
        }
    }

    pub fn add(&mut self, row: Row) {
        let median = number(row.samples.median());
        eprintln!("  {}: {median} {}", row.what, row.unit);
        self.rows.push(row);
    }

    pub fn skip(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let (what, why) = (what.into(), why.into());
        eprintln!("  {what}: skipped, {why}");
        self.skipped.push((what, why));
    }

    /// Writes `bench/bench.json` beside the folder of the binaries.
    pub fn write(&self) -> io::Result<PathBuf> {
        let folder = self
            .binaries
            .parent()
            .unwrap_or(&self.binaries)
            .join("bench");
        fs::create_dir_all(&folder)?;
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let report = json!({
            "binaries": self.binaries,
            "effort": format!("{:?}", self.effort).to_lowercase(),
            "cores": cores,
            "kernel": kernel.trim(),
            "rows": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "skipped": self.skipped,
        });
        let path = folder.join("bench.json");
        fs::write(&path, serde_json::to_vec_pretty(&report)?)?;
        Ok(path)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_header(["what", "median", "spread", "", "at most", "", "peers"]);
        for row in &self.rows {
            let (low, high) = row.samples.spread();
            let (limit, why) = match &row.target {
                Some((limit, why)) => (number(*limit), why.as_str()),
                None => (String::new(), ""),
            };
            let met = match row.met() {
                Some(true) => "met",
                Some(false) => "MISSED",
                None => "",
            };
            let peers = row.peers.iter();
            let peers: Vec<String> = peers
                .map(|(name, median)| format!("{name} {}", number(*median)))
                .collect();
            let spread = format!("{} … {}", number(low), number(high));
            let limit = format!("{limit} {why}");
            let median = number(row.samples.median());
            table.add_row([
                &*row.what,
                &median,
                &spread,
                row.unit,
                limit.trim(),
                met,
                &peers.join(", "),
            ]);
        }
        for column in [1, 2] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        writeln!(f, "{}", table.trim_fmt())?;
        for row in self.rows.iter().filter(|row| !row.note.is_empty()) {
            writeln!(f, "{}: {}", row.what, row.note)?;
        }
        for (what, why) in &self.skipped {
            writeln!(f, "Not measured: {what} ({why})")?;
        }
        Ok(())
    }
}

/// Three digits, or more where the number has more before the point.
fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Effort, Report, Row, Samples};

    #[test]
    fn a_row_says_whether_it_kept_its_promise() {
        let mut report = Report::new("target/x".as_ref(), Effort::Quick);
        let peer = Samples::one(10.0);
        report.add(Row::new("quick", "ms", Samples::one(4.0)).at_most(5.0));
        report.add(Row::new("slow", "ms", Samples::one(9.0)).at_most_of(0.8, "peer", &peer));
        let table = report.to_string();
        let line = |what: &str| {
            table
                .lines()
                .find(|line| line.contains(what))
                .map(str::to_owned)
        };
        assert!(line("quick").is_some_and(|line| line.contains(" met")));
        let slow = line("slow").unwrap_or_default();
        assert!(
            slow.contains("MISSED") && slow.contains("8.00 0.8 × peer"),
            "{slow}"
        );
    }
}

//! The last lines of `./dev test`: what was skipped and why, then one line that counts everything.
//!
//! A test that cannot run here prints `skipped: why` and returns; to the test runner that is a
//! passed test, so the lines are looked for in the output it kept.

use std::{collections::BTreeMap, fs, path::Path, process::ExitCode};

use anyhow::{Context, Result};

const MARK: &str = "skipped: ";

#[derive(Debug, Default, PartialEq, Eq)]
struct Report {
    tests: usize,
    failed: Vec<String>,
    /// Reason to the tests that gave it.
    skipped: BTreeMap<String, Vec<String>>,
}

/// Adds up what several runs left; a run that left nothing did not start, which is a failure.
pub fn print(files: &[&str]) -> Result<ExitCode> {
    let mut report = Report::default();
    for file in files {
        report.add(read(Path::new(file))?);
    }

    for (reason, tests) in &report.skipped {
        println!("skipped: {reason}");
        for test in tests {
            println!("    {test}");
        }
    }
    for test in &report.failed {
        println!("failed: {test}");
    }
    let (failed, skipped) = (
        report.failed.len(),
        report.skipped.values().map(Vec::len).sum(),
    );
    let passed = report.tests.saturating_sub(failed).saturating_sub(skipped);
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    let green = failed == 0 && report.tests > 0;
    Ok(if green {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn read(file: &Path) -> Result<Report> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(if text.starts_with("<?xml") {
        from_junit(&text)
    } else {
        from_cargo(&text)
    })
}

impl Report {
    fn add(&mut self, other: Self) {
        self.tests += other.tests;
        self.failed.extend(other.failed);
        for (reason, tests) in other.skipped {
            self.skipped.entry(reason).or_default().extend(tests);
        }
    }

    fn skip(&mut self, line: &str, test: &str) {
        if let Some((_, reason)) = line.split_once(MARK) {
            let tests = self.skipped.entry(reason.trim().to_owned()).or_default();
            if tests.last().is_none_or(|last| last != test) {
                tests.push(test.to_owned());
            }
        }
    }
}

/// nextest writes one element per line and escapes the rest, so that lines suffice.
fn from_junit(text: &str) -> Report {
    let mut report = Report::default();
    let mut test = String::new();
    for line in text.lines() {
        let element = line.trim_start();
        if element.starts_with("<testcase ") {
            report.tests += 1;
            let part = |key| attribute(element, key).unwrap_or_default();
            test = format!("{} {}", part("classname"), part("name"));
        } else if element.starts_with("<failure") || element.starts_with("<error") {
            report.failed.push(test.clone());
        }
        if !report.failed.contains(&test) {
            let line = line
                .replace("</system-out>", "")
                .replace("</system-err>", "");
            report.skip(&unescape(&line), &test);
        }
    }
    report
}

fn attribute<'a>(element: &'a str, key: &str) -> Option<&'a str> {
    let start = element.find(&format!(" {key}=\""))? + key.len() + 3;
    element[start..].split('"').next()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// The output of `cargo test -- --show-output`.
fn from_cargo(text: &str) -> Report {
    let mut report = Report::default();
    let mut test = String::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("---- ") {
            let name = heading.split_whitespace().next().unwrap_or_default();
            name.clone_into(&mut test);
        } else if let Some((name, "FAILED")) = line
            .strip_prefix("test ")
            .and_then(|line| line.split_once(" ... "))
        {
            report.failed.push(name.to_owned());
            report.tests += 1;
        } else if line.starts_with("test ") && line.ends_with(" ... ok") {
            report.tests += 1;
        } else {
            report.skip(line, &test);
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_nextest_writes() {
        let report = from_junit(
            r#"<?xml version="1.0" encoding="UTF-8"?>
        <testcase name="loads" classname="gantry-tests::images" time="0.1">
        </testcase>
        <testcase name="pauses" classname="gantry-tests::state" time="0.1">
            <system-out>running 1 test
</system-out>
            <system-err>skipped: no cgroup &quot;freezer&quot;</system-err>
        </testcase>
        <testcase name="stops" classname="gantry-tests::state" time="0.1">
            <failure message="oh" type="test failure">oh</failure>
        </testcase>"#,
        );
        let pauses = vec!["gantry-tests::state pauses".to_owned()];
        let skipped = BTreeMap::from([("no cgroup \"freezer\"".to_owned(), pauses)]);
        let failed = vec!["gantry-tests::state stops".to_owned()];
        assert_eq!(
            report,
            Report {
                tests: 3,
                failed,
                skipped
            }
        );
    }

    #[test]
    fn several_runs_are_counted_as_one() {
        let mut sum = from_cargo("test loads ... ok\ntest stops ... FAILED\n");
        sum.add(from_cargo(
            "test pauses ... ok\n---- pauses stdout ----\nskipped: not root\n",
        ));
        assert_eq!(sum.tests, 3);
        assert_eq!(sum.failed, ["stops"]);
        assert_eq!(sum.skipped["not root"], ["pauses"]);
    }

    #[test]
    fn reads_what_cargo_test_writes() {
        let report = from_cargo(
            "test loads ... ok\ntest pauses ... ok\ntest stops ... FAILED\n\n\
             successes:\n\n---- pauses stdout ----\nskipped: not root\n",
        );
        let skipped = BTreeMap::from([("not root".to_owned(), vec!["pauses".to_owned()])]);
        assert_eq!(
            report,
            Report {
                tests: 3,
                failed: vec!["stops".to_owned()],
                skipped
            }
        );
    }
}

//! Whether this machine can run containers, and what is missing: `gantry doctor`.
//!
//! Each check says what it found, why that matters and what to do. Facts are read from files below
//! [`Machine::root`], which tests replace; what only trying can tell (a user namespace whose
//! capabilities are denied, an overlay that the filesystem refuses) is tried in a child by
//! [`probe`].

mod cgroups;
mod containers;
mod disk;
mod fix;
mod helpers;
mod machine;
mod namespaces;
mod network;
mod probe;
mod store;

use std::collections::BTreeMap;

use gantry_wire::gantry::{Finding, FindingState};

use crate::host::{EnterError, Options, default_root};
use machine::Machine;

/// Whether the doctor also mends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// Only looks.
    Look,
    /// Mends what can be mended without losing anything.
    Repair,
}

/// Examines this machine and the data root, in the order in which things build on each other.
///
/// Must be called while the process has one thread: it tries things in a child.
pub fn examine(options: &Options, treatment: Treatment) -> Result<Vec<Finding>, EnterError> {
    let data = match &options.root {
        Some(root) => root.clone(),
        None => default_root()?,
    };
    let machine = Machine::this(data);
    let probe = probe::probe(&machine);
    let mut findings = vec![machine.kernel()];
    findings.extend(namespaces::check(&machine, &probe));
    findings.push(disk::overlay(&machine, &probe));
    findings.extend(cgroups::check(&machine, treatment));
    findings.extend(helpers::check(&machine));
    let obstacles = network::obstacles();
    let guards = gantry_network::guards().unwrap_or_default();
    findings.extend(network::check(
        &machine,
        &probe,
        obstacles.as_deref(),
        &guards,
    ));
    findings.push(disk::space(&machine));
    findings.extend(store::check(&machine.data, treatment));
    findings.extend(containers::check(&machine));
    Ok(findings)
}

/// Whether anything was found that stops containers or images from working.
pub fn is_well(findings: &[Finding]) -> bool {
    findings
        .iter()
        .all(|finding| finding.state != FindingState::Problem)
}

/// A finding. Its code and its facts are what other languages are made of: the window has words for
/// each code.
fn finding(check: &str, code: &str, state: FindingState, what: impl Into<String>) -> Finding {
    Finding {
        check: check.to_owned(),
        state,
        code: code.to_owned(),
        facts: BTreeMap::new(),
        what: what.into(),
        why: String::new(),
        next: String::new(),
        fix: String::new(),
    }
}

fn good(check: &str, code: &str, what: impl Into<String>) -> Finding {
    finding(check, code, FindingState::Good, what)
}

fn note(
    check: &str,
    code: &str,
    what: impl Into<String>,
    why: &str,
    next: impl Into<String>,
) -> Finding {
    Finding {
        why: why.to_owned(),
        next: next.into(),
        ..finding(check, code, FindingState::Note, what)
    }
}

/// The same with a script for root, whose lines are what is to be done.
fn with_fix(finding: Finding, fix: impl Into<String>) -> Finding {
    Finding {
        fix: fix.into(),
        ..finding
    }
}

fn problem(
    check: &str,
    code: &str,
    what: impl Into<String>,
    why: &str,
    next: impl Into<String>,
) -> Finding {
    Finding {
        state: FindingState::Problem,
        ..note(check, code, what, why, next)
    }
}

//! `gantry doctor`: what this machine lacks for containers, and how to mend it.

use std::iter;

use clap::{Args, ValueEnum};
use gantry_engine::Options;
use gantry_engine::doctor::{Treatment, examine, is_well};
use gantry_wire::gantry::{Finding, FindingState};

use crate::args::PlaceArgs;
use crate::exit::Exit;

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Mend what can be mended without losing anything
    #[arg(long)]
    repair: bool,
    /// Print the script that mends the rest as root; read it, then: gantry doctor --script | sudo sh
    #[arg(long, conflicts_with = "repair")]
    script: bool,
    /// How the findings are printed
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Examines the machine; the exit code is 1 where something stops containers or images from working.
/// No thread may exist yet: things are tried in a child.
pub(crate) fn run(place: PlaceArgs, args: DoctorArgs) -> anyhow::Result<()> {
    let options = Options {
        root: place.root,
        socket: place.socket,
        config: place.config,
    };
    let treatment = if args.repair {
        Treatment::Repair
    } else {
        Treatment::Look
    };
    let findings = examine(&options, treatment)?;
    if args.script {
        print!("{}", script(&findings));
        return Ok(());
    }
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&findings)?),
        Format::Text => print!("{}", text(&findings)),
    }
    if is_well(&findings) {
        return Ok(());
    }
    Err(Exit::silent(1).into())
}

/// What root can mend, each under the line that says why.
fn script(findings: &[Finding]) -> String {
    let mendable = findings.iter().filter(|finding| !finding.fix.is_empty());
    let parts = mendable.map(|finding| {
        let what: Vec<_> = finding.what.lines().collect();
        format!("# {}: {}\n{}", finding.check, what.join(" "), finding.fix)
    });
    iter::once("set -e\n".to_owned()).chain(parts).collect()
}

fn text(findings: &[Finding]) -> String {
    let mut lines = Vec::new();
    for finding in findings {
        let mark = match finding.state {
            FindingState::Good => "ok      ",
            FindingState::Repaired => "repaired",
            FindingState::Note => "note    ",
            FindingState::Problem => "PROBLEM ",
        };
        lines.push(format!("{mark} {}: {}\n", finding.check, finding.what));
        for more in [&finding.why, &finding.next] {
            if !more.is_empty() {
                lines.push(format!("           {more}\n"));
            }
        }
    }
    lines.concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn each_finding_says_what_why_and_what_to_do() {
        let finding = |state, why: &str, next: &str| Finding {
            check: "overlay".to_owned(),
            state,
            code: "overlay-refused".to_owned(),
            facts: BTreeMap::new(),
            what: "refused".to_owned(),
            why: why.to_owned(),
            next: next.to_owned(),
            fix: String::new(),
        };
        let findings = [
            finding(FindingState::Good, "", ""),
            finding(FindingState::Problem, "It matters.", "Do this."),
        ];
        assert_eq!(
            text(&findings),
            "ok       overlay: refused\n\
             PROBLEM  overlay: refused\n           It matters.\n           Do this.\n"
        );
    }

    #[test]
    fn the_script_is_what_root_can_mend() {
        let finding = |check: &str, fix: &str| Finding {
            check: check.to_owned(),
            state: FindingState::Note,
            code: String::new(),
            facts: BTreeMap::new(),
            what: "off\nid".to_owned(),
            why: String::new(),
            next: String::new(),
            fix: fix.to_owned(),
        };
        let findings = [finding("kernel", ""), finding("tunnel", "modprobe tun\n")];
        assert_eq!(
            script(&findings),
            "set -e\n# tunnel: off id\nmodprobe tun\n"
        );
    }
}

//! `gantry doctor`: what this machine lacks for containers, and how to mend it.

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
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&findings)?),
        Format::Text => print!("{}", text(&findings)),
    }
    if is_well(&findings) {
        return Ok(());
    }
    Err(Exit::silent(1).into())
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
    use super::*;

    #[test]
    fn each_finding_says_what_why_and_what_to_do() {
        let finding = |state, why: &str, next: &str| Finding {
            check: "overlay".to_owned(),
            state,
            what: "refused".to_owned(),
            why: why.to_owned(),
            next: next.to_owned(),
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
}

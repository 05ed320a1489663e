//! Measures the finished binaries: `./dev bench`.
//!
//! Every row is a claim: what is measured, the median of several runs with its spread, the most it
//! may be, and what crun, docker and podman need for the same where they are installed. Rows are
//! independent; each sets up what it needs and leaves nothing behind. The table goes to the
//! terminal, everything measured to `target/bench/bench.json`.
//!
//! `gantry-bench [quick] [ROW…]`: `quick` takes fewer and smaller samples; names choose rows.

mod command;
mod peers;
mod report;
mod rows;
mod samples;

use std::{env, os::unix::process::CommandExt, path::PathBuf, process::Command};

use report::Report;

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Under three minutes: the shape of the figures.
    Quick,
    /// The figures that count.
    Full,
}

impl Effort {
    /// One number or the other.
    pub fn of<T>(self, quick: T, full: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Full => full,
        }
    }
}

fn main() {
    let binaries = beside_myself();
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "quick");
    arguments.retain(|argument| argument != "quick");
    let effort = if quick { Effort::Quick } else { Effort::Full };
    let mut report = Report::new(&binaries, effort);
    for (name, measure) in rows::ALL {
        if arguments.is_empty() || arguments.iter().any(|wanted| name.contains(&**wanted)) {
            eprintln!("{name} …");
            measure(effort, &mut report);
        }
    }
    println!("{report}");
    match report.write() {
        Ok(path) => eprintln!("All figures: {}", path.display()),
        Err(error) => eprintln!("The figures were not written: {error}"),
    }
}

/// The folder with the binaries that are measured: the one this program lies in. What starts them
/// learns it from the environment.
fn beside_myself() -> PathBuf {
    const NAME: &str = "GANTRY_TEST_BIN";
    if let Some(folder) = env::var_os(NAME) {
        return folder.into();
    }
    let program = env::current_exe().expect("a program has a path");
    let folder = program.parent().expect("a file is in a folder");
    let error = Command::new(&program)
        .args(env::args().skip(1))
        .env(NAME, folder)
        .exec();
    panic!("{}: {error}", program.display());
}

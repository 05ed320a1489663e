//! `cargo xtask …`: what cargo alone cannot build. `./dev` calls it; few people need to.

mod deb;
mod files;
mod report;
mod screenshots;
mod ui;
mod welcome;
mod workspace;

use std::{env, path::Path, process::ExitCode};

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask ui [--release]       the window's files, in ui/dist
cargo xtask welcome [--release]  the image gantry/welcome:latest, beside the binaries
cargo xtask fixtures DIR         the images the tests start from, as archives
cargo xtask deb                  a Debian package of the release binaries
cargo xtask screenshots          the tests' screenshots into docs/screenshots
cargo xtask report FILE…         the summary of test runs (nextest's junit.xml or cargo test's output)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<ExitCode> {
    match words {
        ["ui"] => ui::build(workspace::Profile::Debug)?,
        ["ui", "--release"] => ui::build(workspace::Profile::Release)?,
        ["welcome"] => welcome::build(workspace::Profile::Debug)?,
        ["welcome", "--release"] => welcome::build(workspace::Profile::Release)?,
        ["fixtures", folder] => {
            for path in gantry_pack::fixtures::write_all(Path::new(folder))? {
                println!("{}", path.display());
            }
        }
        ["deb"] => deb::build()?,
        ["screenshots"] => screenshots::publish()?,
        ["report", files @ ..] if !files.is_empty() => return report::print(files),
        [] | ["help" | "-h" | "--help"] => print!("{HELP}"),
        other => bail!("unknown: {}\n{HELP}", other.join(" ")),
    }
    Ok(ExitCode::SUCCESS)
}

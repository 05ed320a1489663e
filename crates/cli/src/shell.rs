//! What a shell and `man` want to know of the command line.

use std::io;
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::args::Cli;

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell: put what is printed where it looks for completions
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManualArgs {
    /// The folder of the pages
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Prints the completions of a shell.
pub(crate) fn completions(args: &CompletionsArgs) {
    clap_complete::generate(args.shell, &mut Cli::command(), "gantry", &mut io::stdout());
}

/// Writes a page for each command into a folder.
pub(crate) fn manual(args: &ManualArgs) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.folder)?;
    Ok(clap_mangen::generate_to(Cli::command(), &args.folder)?)
}

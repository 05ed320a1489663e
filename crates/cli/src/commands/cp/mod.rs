//! `cp`: between this computer and a container, one file or a folder, or a tar through a pipe.

mod out;
mod place;
mod put;

use std::io;

use clap::Args;
use gantry_client::Client;
use indicatif::ProgressBar;

use self::place::Place;
use crate::output::{human, progress};

#[derive(Debug, Args)]
pub(crate) struct CpArgs {
    /// The copies belong to the container's user
    #[arg(short, long)]
    archive: bool,
    /// Always follow a symbolic link in the source
    #[arg(short = 'L', long)]
    follow_link: bool,
    /// Do not say how much was copied
    #[arg(short, long)]
    quiet: bool,
    /// A path, CONTAINER:PATH, or - for a tar from stdin
    #[arg(value_name = "SOURCE")]
    source: String,
    /// A path, CONTAINER:PATH, or - for a tar to stdout
    #[arg(value_name = "DESTINATION")]
    destination: String,
}

pub(crate) async fn cp(client: &Client, args: CpArgs) -> anyhow::Result<()> {
    let how = How {
        to_its_user: args.archive,
        follow: args.follow_link,
        quiet: args.quiet,
    };
    match (Place::parse(&args.source), Place::parse(&args.destination)) {
        (Place::Inside { container, path }, Place::Here(to)) => {
            out::copy(client, container, path, to, how).await
        }
        (Place::Here(from), Place::Inside { container, path }) => {
            put::copy(client, from, container, path, how).await
        }
        (Place::Here(_), Place::Here(_)) => {
            anyhow::bail!("must specify at least one container source")
        }
        (Place::Inside { .. }, Place::Inside { .. }) => {
            anyhow::bail!("copying between containers is not supported")
        }
    }
}

/// What the flags say.
#[derive(Debug, Clone, Copy)]
struct How {
    to_its_user: bool,
    follow: bool,
    quiet: bool,
}

impl How {
    fn bar(self) -> ProgressBar {
        if self.quiet {
            ProgressBar::hidden()
        } else {
            progress::bytes("Copying", None)
        }
    }

    /// Says how much arrived where, as Docker does.
    fn tell(self, bar: &ProgressBar, place: &str) {
        let copied = i64::try_from(bar.position()).unwrap_or(i64::MAX);
        bar.finish_and_clear();
        if !self.quiet {
            eprintln!("Successfully copied {} to {place}", human::size(copied, 3));
        }
    }
}

/// Counts what passes through.
struct Counting<T> {
    inner: T,
    bar: ProgressBar,
}

impl<T: io::Read> io::Read for Counting<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bar.inc(count as u64);
        Ok(count)
    }
}

impl<T: io::Write> io::Write for Counting<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.bar.inc(count as u64);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

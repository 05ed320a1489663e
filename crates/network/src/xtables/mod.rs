//! The packet filter that came before nf_tables. Its rules are in force beside those of nf_tables,
//! and only `iptables-legacy` speaks to it: what nf_tables accepts, it can still drop.
//!
//! Rules are read in this process, which costs microseconds, and written by that program, which
//! knows how to share the table with others: only where there is something to write.

mod table;

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

pub use table::{Family, Table};

/// How long the program waits for others that write.
const PATIENCE: &str = "10";

/// Changes the rules of a family.
#[derive(Debug)]
pub struct Writer {
    program: PathBuf,
}

impl Writer {
    /// The program that is there; `None` if there is none.
    pub fn find(family: Family, path: &str) -> Option<Self> {
        let name = family.program();
        let certain = crate::program(&format!("{name}-legacy"), path);
        // Where there is no other, it has the plain name.
        let program = certain.or_else(|| {
            let plain = crate::program(name, path)?;
            let version = Command::new(&plain).arg("--version").output().ok()?;
            let version = String::from_utf8_lossy(&version.stdout).into_owned();
            (!version.contains("nf_tables")).then_some(plain)
        });
        program.map(|program| Self { program })
    }

    /// Puts a rule before those of a chain.
    pub fn insert(&self, chain: &str, rule: &[String]) -> io::Result<()> {
        self.run("-I", chain, rule)
    }

    /// Takes one away.
    pub fn delete(&self, chain: &str, rule: &[String]) -> io::Result<()> {
        self.run("-D", chain, rule)
    }

    fn run(&self, what: &str, chain: &str, rule: &[String]) -> io::Result<()> {
        let mut command = Command::new(&self.program);
        command.args(["-w", PATIENCE, what, chain]).args(rule);
        let output = command.stdin(Stdio::null()).output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let first = said.lines().next().unwrap_or("it ended with an error");
        Err(io::Error::other(format!(
            "{}: {first}",
            self.program.display()
        )))
    }
}

//! The terminal we run in: raw while a container has it, and as it was afterwards.

use std::io::{self, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};

use crate::exit::Exit;

/// The terminal in another mode; put back when dropped.
#[derive(Debug)]
pub(crate) struct ChangedTerminal {
    before: Termios,
}

impl ChangedTerminal {
    /// Makes stdin raw, if it is a terminal: every key goes to the container.
    pub(crate) fn enter() -> io::Result<Option<Self>> {
        if !io::stdin().is_terminal() {
            return Ok(None);
        }
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        Ok(Some(Self { before }))
    }
}

impl Drop for ChangedTerminal {
    fn drop(&mut self) {
        // The terminal may be gone, and then nobody misses it.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

/// Whether what is typed is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    On,
    Off,
}

/// Asks for a line. Ctrl+C ends the command, and leaves the terminal as it was.
pub(crate) async fn ask(prompt: &str, echo: Echo) -> anyhow::Result<String> {
    let mut out = io::stdout();
    write!(out, "{prompt}")?;
    out.flush()?;
    let before = tcgetattr(io::stdin())?;
    // Put back when dropped.
    let hidden = ChangedTerminal {
        before: before.clone(),
    };
    if echo == Echo::Off {
        let mut silent = before;
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Now, &silent)?;
    }
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    });
    let line = tokio::select! {
        line = read => line??,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            drop(hidden);
            println!();
            return Err(Exit::silent(130).into());
        }
    };
    drop(hidden);
    if echo == Echo::Off {
        println!();
    }
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

/// Rows and columns of the terminal, if there is one.
pub(crate) fn size() -> Option<(u16, u16)> {
    let size = tcgetwinsize(io::stdout()).ok()?;
    (size.ws_row > 0 && size.ws_col > 0).then_some((size.ws_row, size.ws_col))
}

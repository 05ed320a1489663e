//! What goes wrong while nobody asks, said on standard error: a file, in the processes that
//! [`crate::start`] starts.

use std::fmt::Display;
use std::io::Write;

/// Says it, if that is possible: on a full disk `eprintln!` would end the process.
pub fn say(words: impl Display) {
    let _ = writeln!(std::io::stderr(), "{words}");
}

/// The same of an error.
pub fn complain(about: impl Display, error: impl Display) {
    say(format_args!("{about}: {error}"));
}

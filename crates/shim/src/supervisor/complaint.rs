//! What goes wrong while nobody asks, said on standard error: a file beside the container.

use std::fmt::Display;
use std::io::Write;

/// Says it, if that is possible: on a full disk `eprintln!` would end the supervisor.
pub(super) fn complain(about: impl Display, error: impl Display) {
    let _ = writeln!(std::io::stderr(), "{about}: {error}");
}

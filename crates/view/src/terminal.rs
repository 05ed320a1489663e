//! Terminals into running containers.

use serde::{Deserialize, Serialize};

use crate::call::{call, subscribe};

/// Begins a session. It lasts as long as the subscription; what runs in it is hung up on then,
/// unless it is the container's own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpenTerminal {
    pub container: String,
    pub program: TerminalProgram,
    pub rows: u16,
    pub columns: u16,
}
subscribe!(OpenTerminal, "open_terminal", TerminalItem);

/// What runs in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminalProgram {
    /// A shell of the container; fails with `no-shell` where its image has none.
    Shell,
    /// The container's first process, which has a terminal and goes on afterwards.
    Main,
    /// A shell of another image that sees the container's processes and network.
    Toolbox { image: String },
}

/// Looks for images that have a shell; the reply is their ids, the smallest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ToolboxImages {}
call!(ToolboxImages, "toolbox_images", Vec<String>);

/// What happens in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerminalItem {
    /// First: the session's name in other calls, and what runs in it.
    Opened { session: u64, command: String },
    /// As the program wrote it; bytes that are not UTF-8 become U+FFFD. Waits once too much of it
    /// was not reported as shown ([`TerminalShown`]).
    Output(String),
    /// The program ended, with this code where it is known. Nothing follows.
    Ended { code: Option<i64> },
}

/// Passes on what was typed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TypeInTerminal {
    pub session: u64,
    pub typed: Typed,
}
call!(TypeInTerminal, "type_in_terminal", ());

/// Something typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Typed {
    Text(String),
    /// The reports of a mouse in the oldest form are no text.
    Bytes(Vec<u8>),
}

/// The terminal has another size.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResizeTerminal {
    pub session: u64,
    pub rows: u16,
    pub columns: u16,
}
call!(ResizeTerminal, "resize_terminal", ());

/// How much output, in bytes since the session began, is on the screen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TerminalShown {
    pub session: u64,
    pub bytes: u64,
}
call!(TerminalShown, "terminal_shown", ());

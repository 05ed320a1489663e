//! The layers of a pull or push: a line each, with a bar where somebody looks.

use std::collections::HashMap;
use std::io::{self, IsTerminal, Write};

use futures_util::{Stream, StreamExt};
use gantry_client::Error;
use gantry_wire::{ErrorBody, Progress};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Where they are shown.
pub(crate) struct Layers {
    output: Output,
    bars: MultiProgress,
    shown: HashMap<String, ProgressBar>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Output {
    Nowhere,
    Stdout,
    Stderr,
}

impl Layers {
    /// Not at all.
    pub(crate) fn hidden() -> Self {
        Self::new(Output::Nowhere, ProgressDrawTarget::hidden())
    }

    /// As the output of the command.
    pub(crate) fn on_stdout() -> Self {
        Self::new(
            Output::Stdout,
            target(&io::stdout(), ProgressDrawTarget::stdout),
        )
    }

    /// Beside the output of the command.
    pub(crate) fn on_stderr() -> Self {
        Self::new(
            Output::Stderr,
            target(&io::stderr(), ProgressDrawTarget::stderr),
        )
    }

    fn new(output: Output, target: ProgressDrawTarget) -> Self {
        Self {
            output,
            bars: MultiProgress::with_draw_target(target),
            shown: HashMap::new(),
        }
    }

    /// Shows what the engine says, to its end.
    pub(crate) async fn follow(
        mut self,
        mut lines: impl Stream<Item = Result<Progress, Error>> + Unpin,
    ) -> Result<(), Error> {
        while let Some(line) = lines.next().await {
            let line = line?;
            if let Some(error) = line.error_detail {
                return Err(Error::Refused {
                    status: 500,
                    body: Box::new(ErrorBody {
                        message: error.message,
                        gantry: None,
                    }),
                });
            }
            self.show(&line)?;
        }
        Ok(())
    }

    fn show(&mut self, line: &Progress) -> io::Result<()> {
        if line.status.is_empty() {
            return Ok(());
        }
        let text = if line.id.is_empty() {
            line.status.clone()
        } else {
            format!("{}: {}", line.id, line.status)
        };
        let detail = line.progress_detail.clone().unwrap_or_default();
        if self.bars.is_hidden() {
            // Without a terminal every step is a line, and how far it is is none.
            return if detail.current > 0 {
                Ok(())
            } else {
                self.print(&text)
            };
        }
        // A heading stands as it is, and so does what is said at the end.
        if line.progress_detail.is_none() {
            return self.print(&text);
        }
        let bar = self
            .shown
            .entry(line.id.clone())
            .or_insert_with(|| self.bars.add(ProgressBar::new(0)));
        if let Ok(style) = ProgressStyle::with_template(if detail.total > 0 {
            "{msg} [{bar:30}] {bytes}/{total_bytes}"
        } else {
            "{msg}"
        }) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_length(detail.total);
        bar.set_position(detail.current);
        bar.set_message(text);
        Ok(())
    }

    fn print(&self, text: &str) -> io::Result<()> {
        self.bars.suspend(|| match self.output {
            Output::Nowhere => Ok(()),
            Output::Stdout => writeln!(io::stdout(), "{text}"),
            Output::Stderr => writeln!(io::stderr(), "{text}"),
        })
    }
}

fn target(output: &impl IsTerminal, visible: fn() -> ProgressDrawTarget) -> ProgressDrawTarget {
    if output.is_terminal() {
        visible()
    } else {
        ProgressDrawTarget::hidden()
    }
}

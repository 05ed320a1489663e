//! How far something is: drawn on standard error where that is a terminal, and nowhere else.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

const TICK: Duration = Duration::from_millis(120);

/// A bar of bytes, or how many they are where nobody knows how many there will be.
pub(crate) fn bytes(what: &str, total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (
            ProgressBar::new(total),
            "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}",
        ),
        None => (
            ProgressBar::new_spinner(),
            "{spinner} {msg} {bytes} {bytes_per_sec}",
        ),
    };
    drawn(bar, what, template)
}

/// That something goes on, and for how long it has.
pub(crate) fn waiting(what: &str) -> ProgressBar {
    drawn(
        ProgressBar::new_spinner(),
        what,
        "{spinner} {msg} {elapsed}",
    )
}

fn drawn(bar: ProgressBar, what: &str, template: &str) -> ProgressBar {
    // Without a style the bar is the library's own: as good.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(what.to_owned());
    if !bar.is_hidden() {
        bar.enable_steady_tick(TICK);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_one() {
        for bar in [
            bytes("Loading", Some(9)),
            bytes("Saving", None),
            waiting("Committing"),
        ] {
            bar.inc(3);
            assert_eq!((bar.position(), bar.is_finished()), (3, false));
        }
    }
}

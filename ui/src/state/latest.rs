//! Questions of which only the last one counts.

use leptos::prelude::*;

/// Numbers questions: what is answered after the next was asked is outdated.
#[derive(Debug, Clone, Copy)]
pub struct Latest(StoredValue<u32>);

impl Latest {
    pub fn new() -> Self {
        Self(StoredValue::new(0))
    }

    /// Another question; the number is for [`Latest::is`].
    pub fn ask(self) -> u32 {
        let turn = self.0.try_update_value(|turn| {
            *turn = turn.wrapping_add(1);
            *turn
        });
        turn.unwrap_or_default()
    }

    /// Whether nothing was asked since, and whoever asked is still there.
    pub fn is(self, turn: u32) -> bool {
        self.0.try_get_value() == Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_question_counts_while_there_is_somebody_who_asked() {
        let owner = Owner::new();
        owner.with(|| {
            let latest = Latest::new();
            let first = latest.ask();
            assert!(latest.is(first));
            let second = latest.ask();
            assert!(!latest.is(first) && latest.is(second));
            owner.cleanup();
            assert!(!latest.is(second));
        });
    }
}

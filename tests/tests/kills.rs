//! Whatever is killed at whatever moment, nothing that was acknowledged is lost.
//!
//! `./dev campaign kills 1000` does the same for longer: `GANTRY_KILLS` says how often, and
//! `GANTRY_SEED` chooses other rounds: without it every run has the same ones, at other moments.

use gantry_tests::{Account, campaign::kills};

fn number(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok();
    value.map_or(default, |text| text.parse().expect(name))
}

fn some_kills(account: Account) {
    let seed = number("GANTRY_SEED", 5);
    let count = number("GANTRY_KILLS", 15);
    kills(account, usize::try_from(count).unwrap(), seed);
}

#[test]
fn as_root_nothing_is_lost() {
    some_kills(Account::Root);
}

#[test]
fn as_user_nothing_is_lost() {
    some_kills(Account::User);
}

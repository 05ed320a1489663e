//! Placeholder.

use super::words;

words! {
    Commit {
        title => "", "";
    }
}

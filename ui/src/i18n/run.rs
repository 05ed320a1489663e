//! Placeholder.

use super::words;

words! {
    Run {
        title => "", "";
    }
}

//! Placeholder.

use super::words;

words! {
    Transfers {
        title => "", "";
    }
}

//! Tables that are saved as files.

use gantry_view::{PickSavePath, SaveTable};
use leptos::task::spawn_local;

use super::{Outcome, Store};
use crate::backend;

/// Saves a table: where the person says on a desktop, among the downloads in a browser.
pub fn save_table(store: Store, name: &str, table: String) {
    let text = store.text();
    let words = text.stats;
    let suggested = format!("{name}.csv");
    if !store.in_desktop() {
        match backend::download_text(&suggested, &table) {
            Ok(()) => {
                let said = text.export.download_started();
                store.report(Outcome::Done, said.to_owned(), None);
            }
            Err(failure) => store.tell_failure(words.table_not_saved(&suggested), Some(&failure)),
        }
        return;
    }
    spawn_local(async move {
        let title = words.export_csv().to_owned();
        let request = PickSavePath {
            title,
            suggested: suggested.clone(),
        };
        let saved = match backend::call(&request).await {
            Ok(None) => return,
            Ok(Some(path)) => backend::call(&SaveTable { path, table }).await,
            Err(failure) => Err(failure),
        };
        match saved {
            Ok(_) => store.report(Outcome::Done, words.table_saved(&suggested), None),
            Err(failure) => store.tell_failure(words.table_not_saved(&suggested), Some(&failure)),
        }
    });
}

//! A registry that is to be talked to without encryption: what that means, before it is allowed.

use gantry_view::AllowPlain;
use leptos::prelude::*;

use crate::{
    backend,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, ButtonKind, Dialog},
    state::{Outcome, use_store},
};

#[component]
pub fn PlainDialog(registry: String) -> impl IntoView {
    let words = use_text().registries;
    let store = use_store();
    let asking = Asking::new();
    let title = words.plain_title(&registry);
    let registry = StoredValue::new(registry);
    let allow = move || {
        let registry = registry.get_value();
        asking.ask(async move {
            let plain = true;
            backend::call(&AllowPlain {
                registry: registry.clone(),
                plain,
            })
            .await?;
            store.add_registry(&registry);
            store.report(Outcome::Done, words.now_plain(&registry), None);
            store.read_registries();
            Ok(())
        });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                kind=ButtonKind::DangerFill
                keep=words.plain_keep()
                label=words.plain_go()
                test="plain-go"
                on_press=move |()| allow()
            />
        }
    };
    view! {
        <Dialog title width="28rem" alert=true footer>
            <div class="col">
                <p class="t2">{words.plain_means()}</p>
                <AskFailure asking />
            </div>
        </Dialog>
    }
}

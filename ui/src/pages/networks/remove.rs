//! Removing networks: one, or all that nobody is in.

use gantry_view::{PruneNetworks, RemoveNetwork};
use leptos::prelude::*;

use super::member_names;
use crate::{
    backend,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, ButtonKind, Dialog, Layers},
    state::{CommandLine, Outcome, Route, Store, Toast, ToastKind, use_store},
};

/// Why a network cannot be removed.
pub fn blocked(store: Store, id: &str) -> Option<String> {
    let words = store.text().networks;
    let network = store.networks.get(id)?;
    if network.built_in {
        return Some(words.built_in_stays().to_owned());
    }
    let members = member_names(store, &network.name);
    (!members.is_empty()).then(|| words.remove_off(&members))
}

/// The names of one's own networks that nobody is in.
pub fn unused(store: Store) -> Vec<String> {
    let own = store.networks.filtered(|network| !network.built_in);
    let mut names: Vec<String> = own.into_iter().map(|network| network.name).collect();
    names.retain(|name| member_names(store, name).is_empty());
    names.sort();
    names
}

/// Asks before a network goes; says why where it cannot.
pub fn ask(store: Store, layers: Layers, id: &str) {
    if let Some(why) = untrack(|| blocked(store, id)) {
        let name = store.networks.get_untracked(id);
        let name = name.map(|network| network.name).unwrap_or_default();
        let words = store.text().networks;
        let toast = Toast::new(ToastKind::Info, words.stays(&name));
        store.toasts.show(toast.detail(why));
        return;
    }
    let id = id.to_owned();
    layers.open_dialog(move || view! { <RemoveDialog id=id.clone() /> });
}

/// Asks before all go that nobody is in.
pub fn ask_unused(layers: Layers) {
    layers.open_dialog(|| view! { <UnusedDialog /> });
}

#[component]
fn RemoveDialog(id: String) -> impl IntoView {
    let words = use_text().networks;
    let store = use_store();
    let network = store.networks.get_untracked(&id);
    let (name, subnets) = network.map_or_else(Default::default, |one| (one.name, one.subnets));
    let loses = if subnets.is_empty() {
        words.remove_loses_nothing().to_owned()
    } else {
        words.remove_frees(&subnets.join(", "))
    };
    let title = words.remove_title(&name);
    let asking = Asking::new();
    let known = StoredValue::new((id, name));
    let remove = move || {
        let (id, name) = known.get_value();
        asking.ask(async move {
            backend::call(&RemoveNetwork { id: id.clone() }).await?;
            let command = CommandLine::new(["network", "rm", &name]);
            store.report(Outcome::Done, words.removed(&name), Some(command));
            leave(store, |open| open == id);
            Ok(())
        });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                kind=ButtonKind::DangerFill
                keep=words.keep()
                label=words.remove_now()
                test="remove-network-now"
                on_press=move |()| remove()
            />
        }
    };
    view! {
        <Dialog title width="28rem" alert=true footer>
            <div class="col">
                <p class="t2">{loses}</p>
                <AskFailure asking />
            </div>
        </Dialog>
    }
}

#[component]
fn UnusedDialog() -> impl IntoView {
    let words = use_text().networks;
    let store = use_store();
    let names = untrack(|| unused(store));
    let asking = Asking::new();
    let prune = move || {
        asking.ask(async move {
            let named = |id: &str| store.networks.get_untracked(id).map(|one| one.name);
            let open = open_network(store).map(|id| (named(&id), id));
            let removed = backend::call(&PruneNetworks {}).await?;
            let command = CommandLine::new(["network", "prune", "-f"]);
            let said = words.pruned(&removed.join(", "));
            store.report(Outcome::Done, said, Some(command));
            if let Some((Some(name), id)) = open {
                leave(store, |open| open == id && removed.contains(&name));
            }
            Ok(())
        });
    };
    let count = names.len();
    let footer = move || {
        view! {
            <AskFooter
                asking
                kind=ButtonKind::DangerFill
                keep=words.keep()
                label=words.remove_count(count)
                test="prune-networks-now"
                on_press=move |()| prune()
            />
        }
    };
    let rows = names.into_iter();
    let rows = rows.map(|name| view! { <div class="row loss med">{name}</div> });
    view! {
        <Dialog title=words.unused_title(count) width="28rem" alert=true footer>
            <div class="col">
                <p class="t2">{words.unused_text()}</p>
                <div class="card losses">{rows.collect_view()}</div>
                <AskFailure asking />
            </div>
        </Dialog>
    }
}

/// The network that is open.
fn open_network(store: Store) -> Option<String> {
    store.route.with_untracked(|route| match route {
        Route::Networks { open } => open.clone(),
        _ => None,
    })
}

/// The page goes on without the network that was open, if that is the one that went.
fn leave(store: Store, went: impl FnOnce(&str) -> bool) {
    if open_network(store).is_some_and(|open| went(&open)) {
        store.go(Route::Volumes { open: None });
    }
}

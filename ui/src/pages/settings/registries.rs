//! Registries: who we are to each, and where that is kept.

use gantry_view::{Kept, RegistryAccount};
use leptos::prelude::*;

use crate::{
    dialogs,
    i18n::{Text, use_text},
    parts::{
        Button, ButtonKind, ButtonSize, ErrorCard, MenuButton, MenuEntry, MenuItem, Symbol,
        use_layers,
    },
    state::{HUB, Plain, Store, called, use_store},
};

#[component]
pub fn RegistryList() -> impl IntoView {
    let words = use_text().registries;
    let (store, layers) = (use_store(), use_layers());
    store.read_registries();
    let hosts = Memo::new(move |_| {
        let mut hosts = vec![HUB.to_owned()];
        hosts.extend(store.registries());
        hosts
    });
    let failed = move || {
        let failure = store.accounts_failure.get();
        failure.map(|failure| view! { <ErrorCard failure /> })
    };
    view! {
        <section class="psec" data-test="registries">
            <h2>
                {words.title()} <span class="push"></span>
                <Button
                    kind=ButtonKind::Quiet
                    size=ButtonSize::Small
                    icon=Symbol::Plus
                    on_press=move |()| dialogs::open_add_registry(layers)
                    {..}
                    data-test="registry-add"
                >
                    {words.add()}
                </Button>
            </h2>
            <div class="card">
                <For
                    each=move || hosts.get()
                    key=Clone::clone
                    children=move |host| view! { <Row host /> }
                />
            </div>
            {failed}
        </section>
    }
}

#[component]
fn Row(host: String) -> impl IntoView {
    let text = use_text();
    let words = text.registries;
    let (store, layers) = (use_store(), use_layers());
    let host = StoredValue::new(host);
    let account = Memo::new(move |_| host.with_value(|host| store.account(host)));
    let detail = move || match account.get() {
        Some(account) => {
            let who = if account.user.is_empty() {
                words.signed_in().to_owned()
            } else {
                words.signed_in_as(&account.user)
            };
            view! {
                <span class="signed-in">{who}</span>
                ", "
                {kept(store, text, &account)}
            }
            .into_any()
        }
        None if store.accounts.with(Option::is_none)
            && store.accounts_failure.with(Option::is_none) =>
        {
            words.reading().into_any()
        }
        None => words.not_signed_in().into_any(),
    };
    let plain = Memo::new(move |_| host.with_value(|host| store.plain(host)));
    let plainly = move || {
        let word = match plain.get()? {
            Plain::Allowed => words.plain(),
            Plain::Configured => words.plain_configured(),
        };
        Some(view! {
            <div class="hint--warn" data-test="registry-plain">
                {word}
            </div>
        })
    };
    let sign_in = move || host.with_value(|host| dialogs::open_sign_in(layers, host, None));
    let menu = move |()| {
        let host = host.get_value();
        let mut entries = Vec::<MenuEntry>::new();
        if account.with_untracked(Option::is_some) {
            entries.push(MenuItem::new(Symbol::Blank, words.sign_in_again(), sign_in).into());
            let registry = host.clone();
            let sign_out = move || store.sign_out(registry.clone());
            entries.push(MenuItem::new(Symbol::Blank, words.sign_out(), sign_out).into());
        } else {
            entries.push(MenuItem::new(Symbol::Blank, words.sign_in(), sign_in).into());
        }
        let (to_allow, to_end) = (host.clone(), host.clone());
        match plain.get_untracked() {
            None if host != HUB => {
                let allow = move || dialogs::open_plain(layers, &to_allow);
                entries.push(MenuItem::new(Symbol::Blank, words.plain_more(), allow).into());
            }
            Some(Plain::Allowed) => {
                let end = move || store.end_plain(to_end.clone());
                entries.push(MenuItem::new(Symbol::Blank, words.plain_no_more(), end).into());
            }
            None | Some(Plain::Configured) => {}
        }
        if untrack(|| store.added_registries()).contains(&host) {
            let dropped = host.clone();
            let drop = move || store.drop_registry(&dropped);
            entries.push(MenuItem::new(Symbol::X, words.drop(), drop).into());
        }
        entries
    };
    let name = host.with_value(|host| called(host).to_owned());
    let label = words.more(&name);
    let is_plain = move || account.with(Option::is_none) && host.with_value(|host| host == HUB);
    let buttons = move || {
        if is_plain() {
            view! {
                <Button size=ButtonSize::Small on_press=move |()| sign_in()>
                    {words.sign_in()}
                </Button>
            }
            .into_any()
        } else {
            view! { <MenuButton label=label.clone() small=true entries=menu /> }.into_any()
        }
    };
    view! {
        <div class="pref" data-test="registry" data-host=host.get_value()>
            <div class="grow">
                <div>{name}</div>
                <div class="sm t3 selectable">{detail} {plainly}</div>
            </div>
            {buttons}
        </div>
    }
}

fn kept(store: Store, text: Text, account: &RegistryAccount) -> String {
    let words = text.registries;
    match &account.kept {
        Kept::Keyring => words.in_keyring().to_owned(),
        Kept::Session => words.in_session().to_owned(),
        Kept::Helper(name) => words.in_helper(name),
        Kept::File => {
            let file = store.accounts.with_untracked(|known| {
                let known = known.as_ref();
                known.map(|known| known.file.clone()).unwrap_or_default()
            });
            words.in_file(&store.tilde(&file))
        }
    }
}

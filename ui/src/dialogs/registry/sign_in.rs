//! Name and password for a registry. Where they will be kept is said before they are typed.

use gantry_view::{Kept, SignIn};
use leptos::prelude::*;

use super::{Refused, Wish};
use crate::{
    backend,
    i18n::use_text,
    parts::{AskFailure, AskFooter, Asking, CopyButton, Dialog, Switch, on_enter},
    state::{Outcome, called, use_store},
};

#[component]
pub fn SignInDialog(registry: String, refused: Option<Refused>) -> impl IntoView {
    let words = use_text().registries;
    let store = use_store();
    store.read_registries();
    let known = untrack(|| store.account(&registry));
    let user = RwSignal::new(known.map(|account| account.user).unwrap_or_default());
    let secret = RwSignal::new(String::new());
    let in_file = RwSignal::new(false);
    let asking = Asking::new();
    let title = match &refused {
        Some(_) => words.asks(called(&registry)),
        None => words.sign_in_to(called(&registry)),
    };
    let go = match refused.as_ref().map(|refused| refused.wish) {
        Some(Wish::Pull) => words.go_and_pull(),
        Some(Wish::Push) => words.go_and_push(),
        None => words.go(),
    };
    let blocked = Signal::derive(move || {
        if user.with(|user| user.trim().is_empty()) {
            Some(words.user_first().to_owned())
        } else {
            let none = secret.with(String::is_empty);
            none.then(|| words.secret_first().to_owned())
        }
    });
    let again = StoredValue::new(refused.clone());
    let registry = StoredValue::new(registry);
    let sign_in = move || {
        let request = SignIn {
            registry: registry.get_value(),
            user: user.get_untracked().trim().to_owned(),
            secret: secret.get_untracked(),
            in_file: in_file.get_untracked(),
        };
        let again = again.get_value();
        asking.ask(async move {
            backend::call(&request).await?;
            let done = words.now_signed_in(called(&request.registry));
            store.report(Outcome::Done, done, None);
            store.add_registry(&request.registry);
            store.read_registries();
            match again {
                Some(refused) if refused.wish == Wish::Pull => {
                    store.pull(refused.image, refused.platform, || ());
                }
                Some(refused) => store.push(refused.image),
                None => {}
            }
            Ok(())
        });
    };
    let footer = move || {
        view! {
            <AskFooter
                asking
                blocked
                label=go
                test="sign-in-go"
                on_press=move |()| sign_in()
            />
        }
    };
    view! {
        <Dialog title width="30rem" footer>
            <div class="col sign-in" on:keydown=on_enter(blocked, sign_in)>
                {refused.clone().map(|refused| view! { <What refused /> })}
                <div class="sign-in-fields">
                    <label class="field">
                        <span class="label">{words.user()}</span>
                        <input
                            class="input"
                            autocomplete="off"
                            spellcheck="false"
                            data-autofocus=""
                            data-test="sign-in-user"
                            prop:value=move || user.get()
                            on:input=move |event| user.set(event_target_value(&event))
                        />
                    </label>
                    <label class="field">
                        <span class="label">{words.secret()}</span>
                        <input
                            class="input"
                            type="password"
                            autocomplete="off"
                            data-test="sign-in-secret"
                            prop:value=move || secret.get()
                            on:input=move |event| secret.set(event_target_value(&event))
                        />
                    </label>
                </div>
                <Keeping in_file />
                <AskFailure asking />
                {refused.map(|refused| view! { <Raw raw=refused.raw /> })}
            </div>
        </Dialog>
    }
}

#[component]
fn What(refused: Refused) -> impl IntoView {
    let words = use_text().registries;
    let what = match refused.wish {
        Wish::Pull => words.to_pull(&refused.image),
        Wish::Push => words.to_push(&refused.image),
    };
    view! { <p class="t2">{what}</p> }
}

/// Where the password goes, and the choice of a file.
#[component]
fn Keeping(in_file: RwSignal<bool>) -> impl IntoView {
    let words = use_text().registries;
    let store = use_store();
    let told = move || {
        store.accounts.with(|known| {
            let known = known.as_ref()?;
            Some(match &known.keeper {
                _ if in_file.get() => words.keep_file(&store.tilde(&known.file)),
                Kept::Keyring => words.keep_keyring().to_owned(),
                Kept::Session => words.keep_session().to_owned(),
                Kept::Helper(name) => words.keep_helper(name),
                Kept::File => words.keep_file(&store.tilde(&known.file)),
            })
        })
    };
    view! {
        <Switch on=in_file label=words.in_file_choice() test="sign-in-file" />
        <p class="sm t3" role="status" data-test="sign-in-kept">
            {told}
        </p>
    }
}

#[component]
fn Raw(raw: String) -> impl IntoView {
    let text = use_text().common;
    let to_copy = StoredValue::new(raw.clone());
    view! {
        <div class="row xs t3">
            <code class="cut selectable" title=raw.clone()>
                {raw.clone()}
            </code>
            <CopyButton label=text.copy_details() content=move |()| to_copy.get_value() />
        </div>
    }
}

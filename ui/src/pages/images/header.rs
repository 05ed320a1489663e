//! The head of an image: its names, what it is, and what can be done with it.

use gantry_view::{Image, Waste};
use leptos::prelude::*;

use super::{
    facts::Facts,
    groups::Entry,
    verbs::{more_menu, why_not_run},
};
use crate::{
    dialogs,
    i18n::use_text,
    parts::{
        Banner, BannerKind, Button, ButtonKind, Digest, Icon, IconSize, MenuButton, MenuEntry,
        Symbol, Tag, split_reference, use_layers,
    },
    state::{Route, use_store},
};

/// `image` is there as long as this is mounted.
#[component]
pub fn Header(
    image: Memo<Option<Image>>,
    entry: RwSignal<Option<Entry>>,
    waste: RwSignal<Option<Waste>>,
    #[prop(into)] show_users: Callback<()>,
) -> impl IntoView {
    let text = use_text();
    let (store, layers) = (use_store(), use_layers());
    let with = move |read: fn(&Image) -> String| {
        move || image.with(|image| image.as_ref().map(read).unwrap_or_default())
    };
    // The name that Run and Export act on.
    let reference = Memo::new(move |_| {
        image.with(|image| {
            let image = image.as_ref()?;
            let opened = entry.with(|entry| {
                let entry = entry.as_ref().filter(|entry| entry.id == image.id)?;
                let own = |name: &&String| split_reference(name).0 == entry.repository;
                image.tags.iter().find(own)
            });
            let name = opened.or(image.tags.first()).unwrap_or(&image.id);
            Some(name.clone())
        })
    });
    let reason =
        Signal::derive(move || image.with(|image| why_not_run(text, store, image.as_ref()?)));
    let run = move || dialogs::open_run(layers, reference.get_untracked());
    let export = move |()| store.export_images(reference.get_untracked().into_iter().collect());
    let more = move |()| -> Vec<MenuEntry> {
        image.with_untracked(|image| {
            image.as_ref().map_or_else(Vec::new, |image| {
                more_menu(store, layers, text, image, reference.get_untracked())
            })
        })
    };
    let built = move || {
        let created = image.with(|image| image.as_ref().and_then(|image| image.created_at));
        created.map(|created| {
            view! {
                <span aria-hidden="true">"·"</span>
                <span class="nowrap" title=text.moment(created)>
                    {move || text.images.built(&text.ago(created, store.now.get()))}
                </span>
            }
        })
    };
    let warning = move || {
        reason.get().map(|reason| {
            view! {
                <Banner kind=BannerKind::Warn bar=true>
                    <span data-test="platform-warning">
                        {reason} " " {text.images.cannot_run_next()}
                    </span>
                </Banner>
            }
        })
    };
    view! {
        <div class="det-h">
            <div class="row">
                {move || reference.get().map(|name| view! { <Names name image /> })}
                <span class="push row">
                    <Button
                        kind=ButtonKind::Primary
                        icon=Symbol::Play
                        disabled=reason
                        on_press=move |()| run()
                        {..}
                        data-test="image-run"
                    >
                        {text.images.run()}
                    </Button>
                    <Button
                        icon=Symbol::Package
                        on_press=export
                        class="p4"
                        {..}
                        data-test="image-export"
                    >
                        {text.images.export()}
                    </Button>
                    <span data-test="image-more">
                        <MenuButton label=text.common.more_actions() entries=more />
                    </span>
                </span>
            </div>
            <div class="row sm t3 image-sub">
                <span class="nowrap">{with(|image| image.platform.clone())}</span>
                {built}
                {move || view! { <Digest value=with(|image| image.id.clone())() /> }}
                <UsersChip image show_users />
            </div>
            <Facts image waste />
        </div>
        {warning}
    }
}

/// The repository in large, its tags as chips, and how many other names there are.
#[component]
fn Names(name: String, image: Memo<Option<Image>>) -> impl IntoView {
    let repository = split_reference(&name).0.to_owned();
    let title = name.clone();
    let shown = repository.clone();
    let text = use_text().images;
    let tags = move || {
        let names = image.with(|image| image.as_ref().map_or_else(Vec::new, |it| it.tags.clone()));
        let (own, others): (Vec<String>, Vec<String>) = names
            .into_iter()
            .partition(|name| split_reference(name).0 == repository);
        let own = own.into_iter().map(|name| {
            let tag = split_reference(&name).1.unwrap_or(&name).to_owned();
            view! { <Tag name=tag /> }
        });
        let more = (!others.is_empty()).then(|| {
            view! {
                <span class="chip fix" title=others.join("\n")>
                    {text.more_names(others.len())}
                </span>
            }
        });
        view! {
            {own.collect_view()}
            {more}
        }
    };
    view! {
        <h2 class="cut" title=title data-test="image-name">
            {shown}
        </h2>
        <span class="row row--tight image-tags">{tags}</span>
    }
}

/// Who uses it: one container by name, several by number.
#[component]
fn UsersChip(image: Memo<Option<Image>>, show_users: Callback<()>) -> impl IntoView {
    let text = use_text().images;
    let store = use_store();
    let users = Memo::new(move |_| {
        image.with(|image| {
            image
                .as_ref()
                .map(|image| image.used_by.clone())
                .unwrap_or_default()
        })
    });
    move || {
        let users = users.get();
        let label = match users.as_slice() {
            [] => return None,
            [one] => text.used_by_one(&store.name_of(one)),
            all => text.used_by_many(all.len()),
        };
        let press = move |_| match users.as_slice() {
            [one] => store.go(Route::container(one)),
            _ => show_users.run(()),
        };
        Some(view! {
            <button type="button" class="chip nowrap" on:click=press data-test="used-by">
                <Icon symbol=Symbol::Container size=IconSize::Small />
                <span class="cut">{label}</span>
            </button>
        })
    }
}

//! Two images side by side: what differs, as a tree.

use gantry_view::{CompareImages, Comparison, Failure, Image};
use leptos::{prelude::*, task::spawn_local};

use super::{remove::name_of, save_entry};
use crate::{
    backend,
    i18n::use_text,
    pages::files::{FileTree, Source},
    parts::{Button, Dialog, Empty, ErrorCard, split_reference, use_layers},
    state::use_store,
};

#[component]
pub fn CompareDialog(id: String) -> impl IntoView {
    let text = use_text();
    let words = text.images;
    let (store, layers) = (use_store(), use_layers());
    let own = store.images.get_untracked(&id);
    let name = own.as_ref().map(name_of).unwrap_or_default();
    let own = own.as_ref().map(repository).unwrap_or_default();
    let mut others: Vec<Image> = untrack(|| store.images.filtered(|image| image.id != id));
    // Another version of the same is what one mostly wants.
    others.sort_by_key(|image| (repository(image) != own, name_of(image)));
    let with = RwSignal::new(others.first().map(|image| image.id.clone()));
    let options = others
        .iter()
        .map(|image| view! { <option value=image.id.clone()>{name_of(image)}</option> })
        .collect_view();
    let tree = move || match with.get() {
        None => view! { <Empty title=words.no_other() text=words.no_other_text() /> }.into_any(),
        Some(with) => view! { <Differences image=id.clone() with /> }.into_any(),
    };
    let footer = move || {
        view! { <Button on_press=move |()| layers.close_dialog()>{text.common.close()}</Button> }
    };
    view! {
        <Dialog title=words.compare_title(&name) width="44rem" bare=true footer>
            <div class="row compare-with">
                <label for="compare-with" class="fix">
                    {words.compare_with()}
                </label>
                <select
                    id="compare-with"
                    class="select grow"
                    on:change=move |event| with.set(Some(event_target_value(&event)))
                    data-test="compare-with"
                >
                    {options}
                </select>
            </div>
            <div class="compare-tree">{tree}</div>
        </Dialog>
    }
}

#[component]
fn Differences(image: String, with: String) -> impl IntoView {
    let store = use_store();
    let words = use_text().images;
    let totals = RwSignal::new(None::<Result<Comparison, Failure>>);
    let request = CompareImages {
        image: image.clone(),
        with: with.clone(),
        dir: String::new(),
    };
    spawn_local(async move {
        let answer = backend::call(&request).await;
        let _ = totals.try_set(Some(answer));
    });
    let source = StoredValue::new(Source::Compare { image, with });
    move || {
        Some(match totals.get()? {
            Err(failure) => view! {
                <div class="pad">
                    <ErrorCard failure />
                </div>
            }
            .into_any(),
            Ok(found) if found.page.entries.is_empty() => {
                view! { <Empty title=words.no_difference() text=words.no_difference_text() /> }
                    .into_any()
            }
            Ok(found) => {
                let chosen = RwSignal::new(None);
                let label = words.compare_tree().to_owned();
                let menu = move |(path, entry): (String, _)| {
                    source.with_value(|source| save_entry::menu(store, source, &path, &entry))
                };
                view! {
                    <p class="sm t2 compare-sum" role="status" data-test="compare-sum">
                        {words.differences(found.added, found.modified, found.deleted)}
                    </p>
                    <FileTree source=source.get_value() label chosen menu />
                }
                .into_any()
            }
        })
    }
}

fn repository(image: &Image) -> String {
    let name = image.tags.first().map_or("", String::as_str);
    split_reference(name).0.to_owned()
}

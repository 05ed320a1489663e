//! Ticks which images of another engine are copied.

use std::collections::BTreeSet;

use gantry_view::{CopyImages, Failure, OtherEngine, OtherEngineImages, OtherImage};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    backend,
    i18n::use_text,
    parts::{
        Button, ButtonKind, Checkbox, Dialog, ErrorCard, FilterField, Icon, IconSize, ImageName,
        Symbol, Ticked, use_layers,
    },
    state::use_store,
};

/// An image by one of its names, or by its id where it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    reference: String,
    id: String,
    size: u64,
}

fn rows(images: Vec<OtherImage>) -> Vec<Row> {
    let each = images.into_iter().flat_map(|image| {
        let OtherImage { id, names, size } = image;
        let references = if names.is_empty() {
            vec![id.clone()]
        } else {
            names
        };
        references.into_iter().map(move |reference| Row {
            reference,
            id: id.clone(),
            size,
        })
    });
    each.collect()
}

#[component]
pub fn CopyDialog(engine: OtherEngine) -> impl IntoView {
    let text = use_text();
    let words = text.copy_from;
    let (store, layers) = (use_store(), use_layers());
    let OtherEngine { name, socket, .. } = engine;
    let listed = RwSignal::new(None::<Result<Vec<Row>, Failure>>);
    let ask = OtherEngineImages {
        socket: socket.clone(),
    };
    spawn_local(async move {
        let answer = backend::call(&ask).await;
        let _ = listed.try_set(Some(answer.map(rows)));
    });
    let query = RwSignal::new(String::new());
    let ticked = RwSignal::new(BTreeSet::<String>::new());
    let shown = Memo::new(move |_| {
        let query = query.with(|query| query.trim().to_lowercase());
        listed.with(|listed| match listed {
            Some(Ok(rows)) => {
                let rows = rows.iter();
                rows.filter(|row| row.reference.to_lowercase().contains(&query))
                    .cloned()
                    .collect()
            }
            _ => Vec::new(),
        })
    });
    let all = Memo::new(move |_| {
        ticked.with(|ticked| {
            shown.with(|rows| {
                let count = rows.iter().filter(|row| ticked.contains(&row.reference));
                match count.count() {
                    0 => Ticked::No,
                    count if count == rows.len() => Ticked::Yes,
                    _ => Ticked::Some,
                }
            })
        })
    });
    let toggle_all = move || {
        let tick = all.get_untracked() != Ticked::Yes;
        ticked.update(|ticked| {
            shown.with_untracked(|rows| {
                for row in rows {
                    if tick {
                        ticked.insert(row.reference.clone());
                    } else {
                        ticked.remove(&row.reference);
                    }
                }
            });
        });
    };
    // An image that has several names comes once.
    let bytes = Memo::new(move |_| {
        ticked.with(|ticked| {
            listed.with(|listed| {
                let rows = listed.as_ref().and_then(|listed| listed.as_ref().ok());
                let chosen = rows.into_iter().flatten();
                let chosen = chosen.filter(|row| ticked.contains(&row.reference));
                let images: std::collections::BTreeMap<&str, u64> =
                    chosen.map(|row| (row.id.as_str(), row.size)).collect();
                images.values().sum::<u64>()
            })
        })
    });
    let told = {
        let name = name.clone();
        move || match listed.get() {
            None => Some(view! { <p class="hint pick-none">{words.reading(&name)}</p> }.into_any()),
            Some(Err(failure)) => {
                let title = words.not_listed(&name);
                Some(view! { <ErrorCard title failure /> }.into_any())
            }
            Some(Ok(rows)) if rows.is_empty() => {
                Some(view! { <p class="hint pick-none">{words.none(&name)}</p> }.into_any())
            }
            Some(Ok(_)) => shown
                .with(Vec::is_empty)
                .then(|| view! { <p class="hint pick-none">{words.no_match()}</p> }.into_any()),
        }
    };
    let blocked = Signal::derive(move || {
        ticked
            .with(BTreeSet::is_empty)
            .then(|| words.pick_first().to_owned())
    });
    let title = words.title(&name);
    let chosen = StoredValue::new((name, socket));
    let copy = move || {
        let (name, socket) = chosen.get_value();
        let images = ticked.get_untracked().into_iter().collect();
        layers.close_dialog();
        store.copy_from(&name, CopyImages { socket, images });
    };
    let footer = move || {
        let sum = move || {
            let count = ticked.with(BTreeSet::len);
            (count > 0).then(|| words.chosen(count, &text.size(bytes.get())))
        };
        view! {
            <span class="sm t3 grow" role="status">
                {sum}
            </span>
            <Button on_press=move |()| layers.close_dialog()>{text.common.cancel()}</Button>
            <Button
                kind=ButtonKind::Primary
                disabled=blocked
                on_press=move |()| copy()
                {..}
                data-test="copy-go"
            >
                {move || words.copy(ticked.with(BTreeSet::len).max(1))}
            </Button>
        }
    };
    view! {
        <Dialog title width="32rem" bare=true footer>
            <div class="pick-filter row">
                <Checkbox ticked=all label=words.all() on_toggle=move |_| toggle_all() {..} data-test="copy-all" />
                <FilterField value=query label=words.filter() width="100%" />
            </div>
            <div class="list pick-list">
                <For
                    each=move || shown.get()
                    key=|row| row.reference.clone()
                    children=move |row| view! { <Line row ticked /> }
                />
                {told}
            </div>
        </Dialog>
    }
}

#[component]
fn Line(row: Row, ticked: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let text = use_text();
    let words = text.copy_from;
    let store = use_store();
    let Row {
        reference,
        id,
        size,
    } = row;
    let name = StoredValue::new(reference.clone());
    let toggle = move || {
        ticked.update(|ticked| {
            let name = name.get_value();
            if !ticked.remove(&name) {
                ticked.insert(name);
            }
        });
    };
    let is_ticked =
        Signal::derive(move || name.with_value(|name| ticked.with(|ticked| ticked.contains(name))));
    let nameless = reference == id;
    let here = Memo::new(move |_| {
        let mut here = false;
        store.images.for_each(|image| here |= image.id == id);
        here
    });
    view! {
        <div class="li li--1 pick-row" data-test="copy-image" on:click=move |_| toggle()>
            <Checkbox
                ticked=Signal::derive(move || is_ticked.get().into())
                label=reference.clone()
                on_toggle=move |_| toggle()
            />
            <ImageName reference />
            {nameless.then(|| view! { <span class="sm t3">{words.no_tag()}</span> })}
            <Show when=move || here.get()>
                <span class="badge badge--ok">
                    <Icon symbol=Symbol::Check size=IconSize::Small />
                    {words.here()}
                </span>
            </Show>
            <span class="push sm t2 nowrap">{text.size(size)}</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::{OtherImage, rows};

    #[test]
    fn an_image_has_a_row_for_each_name_or_one_by_its_id() {
        let image = |id: &str, names: &[&str]| OtherImage {
            id: id.to_owned(),
            names: names.iter().map(|&name| name.to_owned()).collect(),
            size: 1,
        };
        let rows = rows(vec![image("a", &["x:1", "x:2"]), image("b", &[])]);
        let references: Vec<&str> = rows.iter().map(|row| row.reference.as_str()).collect();
        assert_eq!(references, ["x:1", "x:2", "b"]);
    }
}

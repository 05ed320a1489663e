//! Every step as the image records it.

use gantry_view::Step;
use leptos::prelude::*;

use crate::{i18n::use_text, state::use_store};

/// The last step stands on top, as `docker history` prints it.
#[component]
pub fn History(steps: Vec<Step>) -> impl IntoView {
    let text = use_text();
    let words = text.images;
    let now = use_store().now.get_untracked();
    let row = move |step: &Step| {
        let made = match step.created_at {
            Some(created) => {
                view! { <span title=text.moment(created)>{text.ago(created, now)}</span> }
                    .into_any()
            }
            None => view! { <span class="t3">{words.not_said()}</span> }.into_any(),
        };
        let recorded = match step.created_by.as_str() {
            "" => words.unknown_step().to_owned(),
            recorded => recorded.to_owned(),
        };
        let comment = (!step.comment.is_empty())
            .then(|| view! { <div class="sm t3 selectable">{step.comment.clone()}</div> });
        let size = step.layer.as_ref().map_or(0, |layer| layer.size);
        view! {
            <tr data-test="history-row">
                <td class="num t3">{step.number}</td>
                <td class="history-by">
                    <code class="selectable">{recorded}</code>
                    {comment}
                </td>
                <td class="t2">{made}</td>
                <td class="num" title=text.exact_bytes(size)>
                    {text.size(size)}
                </td>
            </tr>
        }
    };
    let rows = steps.iter().rev().map(row).collect_view();
    view! {
        <div class="body">
            <table class="tbl tbl--history">
                <thead>
                    <tr>
                        <th class="num" scope="col">{words.step()}</th>
                        <th scope="col">{words.instruction()}</th>
                        <th scope="col">{words.made()}</th>
                        <th class="num" scope="col">{words.size()}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

//! The network, with what it means said plainly.

use leptos::prelude::*;

use super::form::{Form, Network};
use crate::{
    i18n::use_text,
    parts::{Segment, Segmented},
};

#[component]
pub fn NetworkField(form: Form) -> impl IntoView {
    let words = use_text().run;
    let segments = vec![
        Segment::new(Network::Default, words.network_default()),
        Segment::new(Network::Host, words.network_host()),
        Segment::new(Network::None, words.network_none()),
    ];
    let note = move || match form.network.get() {
        Network::Default => words.network_default_note(),
        Network::Host => words.network_host_note(),
        Network::None => words.network_none_note(),
    };
    view! {
        <div class="field" data-test="run-network">
            <span class="label">{words.network()}</span>
            <div class="row run-network">
                <Segmented
                    label=words.network()
                    segments
                    value=form.network
                    on_choose=move |network| form.network.set(network)
                />
                <span class="hint">{note}</span>
            </div>
        </div>
    }
}

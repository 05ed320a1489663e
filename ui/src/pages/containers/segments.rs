//! The status segments with their counts.

use leptos::prelude::*;

use super::{filter::Filter, model::ListModel};
use crate::{
    i18n::use_text,
    parts::{Segment, Segmented, StatusKind},
};

#[component]
pub fn Segments(model: ListModel) -> impl IntoView {
    let text = use_text().containers;
    let counts = model.counts;
    let segments = vec![
        Segment::new(Filter::All, text.all()).count(Signal::derive(move || counts.get().all)),
        Segment::new(Filter::Running, text.seg_running())
            .count(Signal::derive(move || counts.get().running)),
        Segment::new(Filter::Paused, text.seg_paused())
            .count(Signal::derive(move || counts.get().paused)),
        Segment::new(Filter::Stopped, text.seg_stopped())
            .count(Signal::derive(move || counts.get().stopped)),
        Segment::new(Filter::Problems, text.seg_problems())
            .glyph(StatusKind::Failed)
            .count(Signal::derive(move || counts.get().problems)),
    ];
    view! {
        <Segmented
            label=text.status()
            segments
            value=model.segment
            on_choose=move |segment| model.segment.set(segment)
        />
    }
}

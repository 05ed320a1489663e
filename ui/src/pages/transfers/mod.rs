//! Import and export: what comes in, what goes out, and how far it is.

mod cancel;
mod copy;
mod drop_card;
mod ended;
mod export;
mod import_failure;
mod next;
mod pace;
mod path_field;
mod running;
mod task_list;
mod welcome;

use gantry_view::TaskState;
use leptos::prelude::*;

pub use self::{
    cancel::Cancelling,
    copy::CopyOffers,
    ended::EndedTask,
    import_failure::ImportFailure,
    running::{Announcer, pace_of, share},
    welcome::AddWelcome,
};
use self::{
    drop_card::{ChooseFiles, DropCard},
    export::ExportDrawer,
    path_field::PathField,
    task_list::TaskList,
    welcome::WelcomeOffer,
};
use crate::{
    i18n::{LocalTime, use_text},
    parts::{Button, Symbol},
    shell::Head,
    state::use_store,
};

#[component]
pub fn TransfersPage() -> impl IntoView {
    let text = use_text();
    let words = text.transfers;
    let store = use_store();
    let sub = Memo::new(move |_| {
        let now = LocalTime::new(store.now.get_untracked());
        let (mut running, mut today) = (0, 0);
        store
            .tasks
            .for_each(|task| match (task.state, task.finished_at) {
                (TaskState::Running, _) => running += 1,
                (TaskState::Done, Some(at)) if LocalTime::new(at).is_same_day(&now) => today += 1,
                _ => {}
            });
        words.sub(running, today)
    });
    let toggle = move |()| {
        store.export.update(|export| {
            *export = match export.take() {
                Some(_) => None,
                None => Some(Vec::new()),
            };
        });
    };
    let open = Memo::new(move |_| store.export.with(Option::is_some));
    view! {
        <Head title=words.title() sub=sub>
            <ChooseFiles />
            <Button
                icon=Symbol::Package
                pressed=Signal::derive(move || Some(open.get()))
                on_press=move |()| toggle(())
                {..}
                data-test="export-images"
            >
                {words.export_images()}
            </Button>
        </Head>
        <div class="body body--flush transfers">
            <div class="grow transfers-list" data-pane="">
                <div class="measure">
                    <DropCard />
                    <PathField />
                    <ImportFailure />
                    <CopyOffers />
                    <WelcomeOffer />
                    <TaskList />
                </div>
            </div>
            <Show when=move || open.get()>
                <ExportDrawer />
            </Show>
        </div>
    }
}

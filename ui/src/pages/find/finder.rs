//! What the page asks registries, and what is chosen of the answers.

use std::time::Duration;

use gantry_view::{
    FoundRepositories, FoundRepository, RegistryAccount, RemoteContent, RemoteImage,
    RepositoryTags, SearchRegistry, Tags,
};
use leptos::prelude::*;

use super::{
    asked::{Answer, Asked},
    name::{Wish, whole_name},
    order::Order,
};
use crate::{dialogs::registry_of, state::Store};

/// Nothing is asked while somebody types.
const PAUSE: Duration = Duration::from_millis(350);
/// A row that is only passed by with the arrow keys is not asked about.
const PASSING: Duration = Duration::from_millis(150);

const LATEST: &str = "latest";

/// The signals of the page.
#[derive(Clone, Copy)]
pub struct Finder {
    store: Store,
    pub wish: Memo<Wish>,
    /// The registry that is searched where no name says otherwise; empty is Docker Hub.
    pub registry: RwSignal<String>,
    pub found: Asked<FoundRepositories>,
    pub order: RwSignal<Order>,
    /// The repository that was chosen in the list, as it is pulled.
    chosen: RwSignal<Option<String>>,
    pub tags: Asked<Tags>,
    /// The tag that was chosen in the table.
    tag: RwSignal<Option<String>>,
    /// Empty is this computer's.
    pub platform: RwSignal<String>,
    pub image: Asked<RemoteContent>,
}

impl Finder {
    pub fn new(store: Store) -> Self {
        let wish = Memo::new(move |_| store.wanted.with(|typed| Wish::read(typed)));
        let finder = Self {
            store,
            wish,
            registry: RwSignal::new(store.remembered("find.registry").unwrap_or_default()),
            found: Asked::new(),
            order: RwSignal::new(Order::from_word(
                &store.remembered("find.sort").unwrap_or_default(),
            )),
            chosen: RwSignal::new(None),
            tags: Asked::new(),
            tag: RwSignal::new(None),
            platform: RwSignal::new(String::new()),
            image: Asked::new(),
        };
        finder.search_as_typed();
        finder.list_tags_of_the_open_one();
        finder.look_at_the_image();
        finder.ask_again_as_somebody_else();
        finder
    }

    /// Where is searched: the registry of the name that is typed, else the chosen one.
    pub fn searched(self) -> String {
        let typed = self.wish.with(|wish| wish.registry.clone());
        if typed.is_empty() {
            self.registry.get()
        } else {
            typed
        }
    }

    /// Searches another registry from now on.
    pub fn choose_registry(self, registry: String) {
        self.store.remember("find.registry", registry.clone());
        self.registry.set(registry);
    }

    /// Whether there is anything to show: a private registry lists everything it has.
    pub fn is_idle(self) -> bool {
        self.wish.with(|wish| wish.term.is_empty()) && self.searched().is_empty()
    }

    /// What the list shows: the name that is typed, then what was found.
    pub fn rows(self) -> Vec<FoundRepository> {
        let mut rows = self.results();
        let typed = self.typed_repository();
        if let Some(name) = typed.filter(|name| !rows.iter().any(|row| row.name == *name)) {
            let typed = FoundRepository {
                name,
                description: String::new(),
                stars: None,
                pulls: None,
                official: false,
            };
            rows.insert(0, typed);
        }
        rows
    }

    fn results(self) -> Vec<FoundRepository> {
        self.found.answer().with(|answer| {
            let found = answer.got().map(|found| found.results.clone());
            let mut found = found.unwrap_or_default();
            self.order.get().arrange(&mut found);
            found
        })
    }

    /// Shows what was found in another order from now on.
    pub fn arrange_by(self, order: Order) {
        self.store.remember("find.sort", order.word().to_owned());
        self.order.set(order);
    }

    /// Whether the registry tells what that order goes by.
    pub fn tells(self, order: Order) -> bool {
        self.found.answer().with_untracked(|answer| {
            let mut rows = answer.got().into_iter().flat_map(|found| &found.results);
            match order {
                Order::Match | Order::Name => true,
                Order::Stars => rows.any(|row| row.stars.is_some()),
                Order::Pulls => rows.any(|row| row.pulls.is_some()),
            }
        })
    }

    /// The repository that the typed name stands for, in the registry that is searched. Words that
    /// found something else were no name.
    pub fn typed_repository(self) -> Option<String> {
        let typed = self.typed_name()?;
        let counts = self.wish.with(|wish| wish.is_exact)
            || self.found.answer().with(|answer| match answer {
                Answer::Waiting => false,
                Answer::Got(found) => {
                    let mut names = found.results.iter().map(|row| &row.name);
                    found.results.is_empty() || names.any(|name| *name == typed)
                }
                Answer::None | Answer::Failed(_) => true,
            });
        counts.then_some(typed)
    }

    /// Whether what is typed are words that found something, and no name.
    pub fn is_searching_words(self) -> bool {
        let found = !self.results().is_empty();
        found && self.chosen.with(Option::is_none) && self.typed_repository().is_none()
    }

    fn typed_name(self) -> Option<String> {
        let repository = self.wish.with(Wish::repository)?;
        let registry = self.searched();
        if registry.is_empty() || registry_of(&repository).is_some() {
            return Some(repository);
        }
        Some(format!("{registry}/{repository}"))
    }

    /// The repository whose tags are shown.
    pub fn open(self) -> Option<String> {
        self.chosen
            .get()
            .or_else(|| self.typed_repository())
            .or_else(|| self.results().into_iter().next().map(|row| row.name))
    }

    pub fn choose(self, repository: String) {
        if self
            .chosen
            .with_untracked(|chosen| chosen.as_ref() != Some(&repository))
        {
            self.tag.set(None);
            self.chosen.set(Some(repository));
        }
    }

    /// What is known of the repository that is open.
    pub fn open_row(self) -> Option<FoundRepository> {
        let open = self.open()?;
        self.rows().into_iter().find(|row| row.name == open)
    }

    pub fn choose_tag(self, tag: String) {
        self.tag.set(Some(tag));
    }

    /// The tag that would be pulled: the chosen one, the typed one, `latest`, the first there is.
    pub fn tag(self) -> String {
        if let Some(tag) = self.tag.get() {
            return tag;
        }
        if self.is_as_typed() && self.wish.with(|wish| wish.is_exact) {
            let typed = self.wish.with(|wish| wish.tag().map(str::to_owned));
            return typed.unwrap_or_default();
        }
        self.tags.answer().with(|tags| {
            let all = tags.got().filter(|tags| tags.next.is_none());
            let all = all.map_or(&[][..], |tags| &tags.tags);
            match all.first() {
                Some(first) if !all.iter().any(|tag| tag.name == LATEST) => first.name.clone(),
                _ => LATEST.to_owned(),
            }
        })
    }

    /// Whether nothing but what is typed says what is wanted.
    fn is_as_typed(self) -> bool {
        self.chosen.with(Option::is_none) && self.tag.with(Option::is_none)
    }

    /// The whole name of what would be pulled.
    pub fn reference(self) -> Option<String> {
        let pinned = self.wish.with(|wish| {
            let name = wish.name.clone();
            name.filter(|name| name.contains('@'))
        });
        match pinned {
            // A digest decides alone.
            Some(name) if self.is_as_typed() => Some(name),
            _ => {
                let repository = self.open().or_else(|| self.typed_name())?;
                whole_name(&format!("{repository}:{}", self.tag()))
            }
        }
    }

    pub fn wanted_platform(self) -> Option<String> {
        Some(self.platform.get()).filter(|platform| !platform.is_empty())
    }

    /// Brings the next page of tags.
    pub fn more_tags(self) {
        let (Some(repository), Some(so_far)) = (
            untrack(|| self.open()),
            self.tags
                .answer()
                .with_untracked(|tags| tags.got().cloned()),
        ) else {
            return;
        };
        let from = so_far.next.clone();
        self.tags.ask_more(
            RepositoryTags { repository, from },
            move |mut page: Tags| {
                page.tags.splice(0..0, so_far.tags.iter().cloned());
                page
            },
        );
    }

    /// Asks everything anew.
    pub fn again(self) {
        self.search(Duration::ZERO);
        self.list_tags(untrack(|| self.open()), Duration::ZERO);
    }

    fn search_as_typed(self) {
        Effect::new(move |_| {
            self.wish.track();
            self.registry.track();
            self.chosen.set(None);
            self.tag.set(None);
            self.search(PAUSE);
        });
    }

    fn search(self, after: Duration) {
        if untrack(|| self.is_idle()) {
            return self.found.forget();
        }
        let request = SearchRegistry {
            registry: untrack(|| self.searched()),
            term: self.wish.with_untracked(|wish| wish.term.clone()),
        };
        self.found.ask(request, after);
    }

    fn list_tags_of_the_open_one(self) {
        let open = Memo::new(move |_| self.open());
        Effect::new(move |_| {
            let chosen = self.chosen.with_untracked(Option::is_some);
            self.list_tags(open.get(), if chosen { PASSING } else { PAUSE });
        });
    }

    fn list_tags(self, repository: Option<String>, after: Duration) {
        match repository {
            Some(repository) => {
                let from = None;
                self.tags.ask(RepositoryTags { repository, from }, after);
            }
            None => self.tags.forget(),
        }
    }

    /// A registry that refused may answer after a sign-in.
    fn ask_again_as_somebody_else(self) {
        let who = move || {
            self.store.accounts.with(|known| {
                let known = known.as_ref();
                known.map(|known| known.accounts.clone())
            })
        };
        Effect::new(move |before: Option<Option<Vec<RegistryAccount>>>| {
            let now = who();
            if matches!(&before, Some(Some(_))) && before.flatten() != now {
                self.again();
            }
            now
        });
    }

    /// Only of what the registry has: a name that is being typed is no question.
    fn look_at_the_image(self) {
        let wanted = Memo::new(move |_| {
            let there = self
                .tags
                .answer()
                .with(|tags| matches!(tags, Answer::Got(_)));
            let reference = self.reference().filter(|_| there)?;
            Some((reference, self.wanted_platform()))
        });
        Effect::new(move |_| match wanted.get() {
            Some((reference, platform)) => {
                self.image.ask(
                    RemoteImage {
                        reference,
                        platform,
                    },
                    PASSING,
                );
            }
            None => self.image.forget(),
        });
    }
}

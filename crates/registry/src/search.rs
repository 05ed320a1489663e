//! Searching: Docker Hub has a search, other registries have a list of what they hold.

use gantry_oci::Reference;
use gantry_store::CancelFlag;
use reqwest::Method;
use serde::Deserialize;

use crate::endpoint::{HUB, Purpose};
use crate::exchange::{Action, Call, Repository};
use crate::{Credentials, Registries, Result, answer, link};

/// Names of one page; Debian's registry gives no more than a thousand.
const PAGE: &str = "500";
/// Pages that are asked for: nobody looks for a name among more.
const PAGES: usize = 40;
/// The most bytes of a page.
const LIMIT: usize = 4 << 20;

/// A wish to find repositories.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// The registry: `docker.io`, `registry.example:5000`.
    pub domain: String,
    pub term: String,
    /// The most that is wanted.
    pub limit: usize,
    pub credentials: Option<Credentials>,
}

/// What was found, best first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finds {
    /// How many there are, of which the first are here.
    pub total: u64,
    pub found: Vec<Find>,
}

/// One repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Find {
    /// As it is pulled.
    pub name: String,
    pub description: String,
    /// Where the registry counts them.
    pub stars: Option<u64>,
    pub pulls: Option<u64>,
    pub official: bool,
}

#[derive(Deserialize)]
struct Catalogue {
    /// `null` where there is none.
    repositories: Option<Vec<String>>,
}

impl Registries {
    /// Finds repositories of one registry.
    pub async fn search(&self, request: &SearchRequest, cancel: &CancelFlag) -> Result<Finds> {
        if request.domain == HUB {
            return self.search_hub(&request.term, request.limit, cancel).await;
        }
        self.ask_each(&request.domain, Purpose::Write, |endpoint| {
            let credentials = request.credentials.clone();
            let domain = &request.domain;
            let registry =
                Repository::new(self, &endpoint, "", domain, credentials, Action::Search);
            async move { registry.catalogue(request, cancel).await }
        })
        .await
    }
}

impl Repository {
    /// Goes through everything that a registry has.
    async fn catalogue(&self, request: &SearchRequest, cancel: &CancelFlag) -> Result<Finds> {
        let mut url = self.join("v2/_catalog")?;
        url.query_pairs_mut().append_pair("n", PAGE);
        let term = request.term.to_lowercase();
        let mut names = Vec::new();
        for _ in 0..PAGES {
            let call = Call::new(Method::GET, url);
            let answer = self.ask(&call, "the list of repositories", cancel).await?;
            let next = link::next(&answer);
            let next = next.map(|next| self.led(&call.url, &next)).transpose()?;
            let page: Catalogue = answer::json(answer, LIMIT, "the list of repositories").await?;
            let page = page.repositories.unwrap_or_default().into_iter();
            names.extend(page.filter(|name| name.contains(&term)));
            match next {
                Some(next) => url = next,
                None => break,
            }
        }
        names.sort_by_cached_key(|name| (distance(name, &term), name.clone()));
        Ok(Finds {
            total: names.len() as u64,
            found: names
                .iter()
                .filter_map(|name| find(&request.domain, name))
                .take(request.limit)
                .collect(),
        })
    }
}

/// How far a name is from what was looked for: of `team/app`, `app` is what people remember.
fn distance(name: &str, term: &str) -> u8 {
    let last = name.rsplit('/').next().unwrap_or(name);
    if name == term || last == term {
        0
    } else if name.starts_with(term) || last.starts_with(term) {
        1
    } else {
        2
    }
}

/// None for what could not be pulled.
fn find(domain: &str, name: &str) -> Option<Find> {
    let name: Reference = format!("{domain}/{name}").parse().ok()?;
    Some(Find {
        name: name.familiar_repository(),
        description: String::new(),
        stars: None,
        pulls: None,
        official: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_names_come_first() {
        let mut names = ["team/snapper", "application", "app-2", "team/app", "app"];
        names.sort_by_key(|name| (distance(name, "app"), *name));
        assert_eq!(
            names,
            ["app", "team/app", "app-2", "application", "team/snapper"]
        );
    }
}

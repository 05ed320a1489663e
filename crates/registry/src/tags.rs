//! The tags of a repository.

use std::fmt;
use std::str::FromStr;

use gantry_oci::{Digest, Platform, Reference};
use gantry_store::CancelFlag;
use jiff::Timestamp;
use reqwest::{Method, Url};
use serde::Deserialize;

use crate::endpoint::{HUB, Purpose};
use crate::exchange::{Action, Call, Repository};
use crate::{Credentials, Error, Registries, Result, answer, link};

/// Names of one page, where the registry counts.
const PAGE: &str = "1000";
/// The most bytes of a page.
const LIMIT: usize = 4 << 20;
/// The most tags that are pulled at once.
const ALL: usize = 10_000;

/// A wish for tags.
#[derive(Debug, Clone)]
pub struct TagsRequest {
    /// Tag and digest do not matter.
    pub repository: Reference,
    /// Where the page before ended.
    pub from: Option<TagCursor>,
    pub credentials: Option<Credentials>,
}

/// Some tags of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagPage {
    pub tags: Vec<Tag>,
    pub next: Option<TagCursor>,
}

/// One tag, with as much as the registry tells in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tag {
    pub name: String,
    pub digest: Option<Digest>,
    /// Of the image for this computer, as it is fetched.
    pub bytes: Option<u64>,
    pub updated: Option<Timestamp>,
    pub platforms: Vec<Platform>,
}

/// Where a list of tags goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagCursor {
    /// The number of a page of Docker Hub's own API.
    Page(u32),
    /// Behind a tag, in the registry's own list.
    Behind(String),
}

impl fmt::Display for TagCursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(number) => write!(out, "page:{number}"),
            Self::Behind(tag) => write!(out, "behind:{tag}"),
        }
    }
}

impl FromStr for TagCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(':') {
            Some(("page", number)) => number.parse().map(Self::Page).map_err(|_| ()),
            Some(("behind", tag)) => Ok(Self::Behind(tag.to_owned())),
            _ => Err(()),
        }
    }
}

#[derive(Deserialize)]
struct List {
    /// `null` where all were removed.
    tags: Option<Vec<String>>,
}

impl Registries {
    /// Some tags of a repository. Docker Hub tells more of them by its own API; where that does not
    /// answer, or not for everybody, its registry does.
    pub async fn tags(&self, request: &TagsRequest, cancel: &CancelFlag) -> Result<TagPage> {
        let page = match &request.from {
            None => 1,
            Some(TagCursor::Page(number)) => *number,
            Some(TagCursor::Behind(_)) => 0,
        };
        if request.repository.domain() == HUB && page > 0 {
            match self.hub_tags(&request.repository, page, cancel).await {
                Err(error) if !matches!(error, Error::Cancelled) && page == 1 => {
                    tracing::debug!(%error, "asking the registry itself");
                }
                answer => return answer,
            }
        }
        let (repository, from) = (&request.repository, request.from.as_ref());
        self.ask_each(repository.domain(), Purpose::Read, |endpoint| {
            let repository = Repository::new(
                self,
                &endpoint,
                repository.path(),
                &repository.familiar_repository(),
                request.credentials.clone(),
                Action::Pull,
            );
            async move { repository.list(from, cancel).await }
        })
        .await
    }

    /// The names of all tags of a repository.
    pub async fn all_tags(
        &self,
        repository: &Reference,
        credentials: Option<&Credentials>,
        cancel: &CancelFlag,
    ) -> Result<Vec<String>> {
        let mut request = TagsRequest {
            repository: repository.clone(),
            // Names are enough, and the registry's own list is shorter.
            from: Some(TagCursor::Behind(String::new())),
            credentials: credentials.cloned(),
        };
        let mut names = Vec::new();
        loop {
            let page = self.tags(&request, cancel).await?;
            let last = names.len();
            names.extend(page.tags.into_iter().map(|tag| tag.name));
            // A registry that never comes to an end is not followed.
            if page.next.is_none() || names.len() == last || names.len() >= ALL {
                names.truncate(ALL);
                return Ok(names);
            }
            request.from = page.next;
        }
    }
}

impl Repository {
    /// What the registry itself tells: names.
    async fn list(&self, from: Option<&TagCursor>, cancel: &CancelFlag) -> Result<TagPage> {
        let mut url = self.url("tags/list")?;
        url.query_pairs_mut().append_pair("n", PAGE);
        if let Some(TagCursor::Behind(tag)) = from
            && !tag.is_empty()
        {
            url.query_pairs_mut().append_pair("last", tag);
        }
        let call = Call::new(Method::GET, url);
        let answer = self.ask(&call, "the tags", cancel).await?;
        let next = link::next(&answer).and_then(|next| call.url.join(&next).ok());
        let list: List = answer::json(answer, LIMIT, "the tags").await?;
        let mut names = list.tags.unwrap_or_default();
        // As the specification wants it, and Debian's registry has not.
        names.sort();
        Ok(TagPage {
            tags: names.into_iter().map(Tag::named).collect(),
            next: next.as_ref().and_then(last).map(TagCursor::Behind),
        })
    }
}

impl Tag {
    fn named(name: String) -> Self {
        Self {
            name: answer::clean(&name),
            ..Self::default()
        }
    }
}

/// The tag behind which a page begins.
fn last(next: &Url) -> Option<String> {
    let mut pairs = next.query_pairs();
    let last = pairs.find(|(name, _)| name == "last")?.1;
    (!last.is_empty()).then(|| last.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        for cursor in [
            TagCursor::Page(7),
            TagCursor::Behind("1.2:x".to_owned()),
            TagCursor::Behind(String::new()),
        ] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        assert!("page:x".parse::<TagCursor>().is_err());
        assert!("7".parse::<TagCursor>().is_err());
    }
}

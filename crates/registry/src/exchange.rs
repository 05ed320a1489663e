//! One request and its answer: signed, led on, tried again.

use std::collections::BTreeSet;

use gantry_store::CancelFlag;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Response, StatusCode, Url};

use crate::auth::{Auth, Signature};
use crate::content::Content;
use crate::endpoint::Endpoint;
use crate::guard;
use crate::retry::{PATIENCE, Retries, retry_after, unless, wait};
use crate::transport::{Ground, authority};
use crate::{Credentials, Error, Registries, Result, answer};

/// How often a request may be sent elsewhere.
const HOPS: usize = 6;

/// One repository at one endpoint.
#[derive(Debug)]
pub(crate) struct Repository {
    pub(crate) registries: Registries,
    pub(crate) base: Url,
    /// As it stands in addresses: `library/busybox`.
    pub(crate) path: String,
    /// As people call it.
    pub(crate) name: String,
    auth: Auth,
    action: Action,
    /// Other repositories that are read on the way.
    reads: String,
}

/// What is done with a repository.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Action {
    #[default]
    Pull,
    Push,
    Login,
    /// Of the whole registry.
    Search,
}

impl Action {
    /// In messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Login => "login",
            Self::Search => "search",
        }
    }
}

/// A request that can be sent as often as it takes.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub content: Content,
}

impl Call {
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            content: Content::None,
        }
    }

    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

/// What a request is about, for its signature and for what is said when it fails.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    /// `the manifest`.
    pub what: &'a str,
    /// The image or repository.
    pub name: &'a str,
    /// What it takes: `repository:a/b:pull`.
    pub scope: &'a str,
    pub action: Action,
    /// Whether it was said who asks.
    pub signed: bool,
}

impl Repository {
    pub fn new(
        registries: &Registries,
        endpoint: &Endpoint,
        path: &str,
        name: &str,
        credentials: Option<Credentials>,
        action: Action,
    ) -> Self {
        Self {
            registries: registries.clone(),
            base: endpoint.base.clone(),
            path: path.to_owned(),
            name: name.to_owned(),
            auth: Auth::new(registries.clone(), endpoint, credentials),
            action,
            reads: String::new(),
        }
    }

    /// The same with leave to read other repositories, out of which blobs are mounted.
    pub fn reading<'a>(mut self, paths: impl Iterator<Item = &'a String>) -> Self {
        let paths: BTreeSet<&String> = paths.collect();
        let scopes = paths
            .into_iter()
            .map(|path| format!(" repository:{path}:pull"));
        self.reads = scopes.collect();
        self
    }

    /// The endpoint as it stands in messages.
    pub fn host(&self) -> String {
        authority(&self.base)
    }

    /// The address that every registry has.
    pub fn root(&self) -> Result<Url> {
        self.join("v2/")
    }

    /// An address below the repository: `manifests/latest`.
    pub fn url(&self, rest: &str) -> Result<Url> {
        self.join(&format!("v2/{}/{rest}", self.path))
    }

    /// An address of the registry itself.
    pub fn join(&self, path: &str) -> Result<Url> {
        self.base.join(path).map_err(|error| Error::Answer {
            host: self.host(),
            what: "an address".to_owned(),
            why: error.to_string(),
        })
    }

    /// What the token service gave in place of a password.
    pub async fn identity_token(&self) -> Option<String> {
        self.auth.identity_token().await
    }

    /// What a token must be good for.
    fn scope(&self) -> String {
        match self.action {
            Action::Pull => format!("repository:{}:pull", self.path),
            Action::Push => format!("repository:{}:pull,push{}", self.path, self.reads),
            Action::Login => String::new(),
            Action::Search => "registry:catalog:*".to_owned(),
        }
    }

    /// Sends a request until there is an answer, and lets only a success pass.
    pub async fn ask(&self, call: &Call, what: &str, cancel: &CancelFlag) -> Result<Response> {
        let mut retries = Retries::new(self.registries.settings().retries);
        loop {
            match self.ask_once(call, what, cancel).await {
                // Whoever mistyped a name need not wait for it.
                Err(error @ Error::Unreachable { .. }) => return Err(error),
                Err(error) => retries.after(error, cancel).await?,
                answer => return answer,
            }
        }
    }

    /// The same without trying again.
    pub async fn ask_once(&self, call: &Call, what: &str, cancel: &CancelFlag) -> Result<Response> {
        let scope = self.scope();
        let asked = Asked {
            what,
            name: &self.name,
            scope: &scope,
            action: self.action,
            signed: self.auth.is_signed(),
        };
        let answer = self.follow(call, &asked, cancel).await?;
        if answer.status() != StatusCode::TOO_MANY_REQUESTS {
            return answer::check(answer, &asked).await;
        }
        // Once it is waited as asked; who is sent away again is told.
        if let Some(pause) = retry_after(answer.headers()).filter(|pause| *pause <= PATIENCE) {
            wait(pause, cancel).await?;
            let answer = self.follow(call, &asked, cancel).await?;
            return answer::check(answer, &asked).await;
        }
        answer::check(answer, &asked).await
    }

    /// Sends a request, signs it if asked to, and follows where it is led.
    async fn follow(
        &self,
        call: &Call,
        asked: &Asked<'_>,
        cancel: &CancelFlag,
    ) -> Result<Response> {
        let mut url = call.url.clone();
        for _ in 0..HOPS {
            let response = if url.origin() == self.base.origin() {
                self.signed(call, &url, asked, cancel).await?
            } else {
                self.send(call, &url, &Signature::None, cancel).await?
            };
            let Some(next) = self.next(call, &response)? else {
                return Ok(response);
            };
            url = next;
        }
        Err(Error::Redirect {
            host: self.host(),
            to: authority(&url),
            why: "it leads on and on",
        })
    }

    async fn signed(
        &self,
        call: &Call,
        url: &Url,
        asked: &Asked<'_>,
        cancel: &CancelFlag,
    ) -> Result<Response> {
        let mut attempts = 0;
        loop {
            let signature = self.auth.signature(asked.scope).await;
            let response = self.send(call, url, &signature, cancel).await?;
            let more = response.status() == StatusCode::UNAUTHORIZED && attempts < 3;
            if !more
                || !self
                    .auth
                    .learn(&response, &signature, asked, cancel)
                    .await?
            {
                return Ok(response);
            }
            attempts += 1;
        }
    }

    async fn send(
        &self,
        call: &Call,
        url: &Url,
        signature: &Signature,
        cancel: &CancelFlag,
    ) -> Result<Response> {
        let host = authority(url);
        let ground = if guard::is_this_computer(&self.base) || url.origin() == self.base.origin() {
            Ground::Anywhere
        } else {
            Ground::Outside
        };
        let client = self
            .registries
            .client(url, ground, call.content.is_large())?;
        let mut request = client
            .request(call.method.clone(), url.clone())
            .headers(call.headers.clone());
        let mut moves = None;
        match &call.content {
            Content::None if call.method == Method::GET || call.method == Method::HEAD => {}
            Content::None => request = request.header(CONTENT_LENGTH, 0),
            Content::Document(bytes) => request = request.body(bytes.to_vec()),
            Content::File(piece) => {
                let (body, moved) = piece.body().await?;
                request = request.header(CONTENT_LENGTH, piece.size).body(body);
                moves = Some(moved);
            }
        }
        let sent = self.auth.sign(request, signature).send();
        unless(cancel, async {
            let Some(moves) = moves else {
                return sent.await.map_err(|error| Error::http(&host, error));
            };
            tokio::select! {
                answer = sent => answer.map_err(|error| Error::http(&host, error)),
                () = moves.stopped(self.registries.settings().idle_timeout()) => {
                    Err(Error::Interrupted {
                        host: host.clone(),
                        why: "it takes nothing any more".to_owned(),
                    })
                }
            }
        })
        .await
    }

    /// Where an answer leads.
    fn next(&self, call: &Call, response: &Response) -> Result<Option<Url>> {
        let follows = match response.status().as_u16() {
            // These ask for the same again; the others for a GET in place of what was sent.
            307 | 308 => true,
            301..=303 => matches!(call.method, Method::GET | Method::HEAD),
            _ => false,
        };
        let location = response.headers().get(LOCATION);
        let Some(location) = location.filter(|_| follows) else {
            return Ok(None);
        };
        self.led(response.url(), location.to_str().unwrap_or_default())
            .map(Some)
    }

    /// An address that the registry gave us, seen from where it was given.
    pub fn led(&self, from: &Url, location: &str) -> Result<Url> {
        let refused = |to: String, why| Error::Redirect {
            host: self.host(),
            to,
            why,
        };
        let url = from
            .join(location)
            .map_err(|_| refused(location.to_owned(), "that is no address"))?;
        let to = authority(&url);
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(to, "that is neither http nor https"));
        }
        if url.scheme() == "http" && from.scheme() == "https" {
            return Err(refused(to, "that would be without encryption"));
        }
        Ok(url)
    }
}

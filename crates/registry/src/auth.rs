//! Signing requests to one endpoint.

use std::collections::HashMap;
use std::time::Duration;

use gantry_store::CancelFlag;
use reqwest::header::{HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Method, RequestBuilder, Response, Url};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::answer;
use crate::challenge::{self, Challenge};
use crate::endpoint::Endpoint;
use crate::exchange::{Action, Asked};
use crate::guard;
use crate::retry::unless;
use crate::transport::{Ground, authority};
use crate::{Credentials, Error, Registries, Result};

/// The name under which token services know clients like us.
const CLIENT: &str = "docker";
/// The most bytes of a token service's answer.
const ANSWER: usize = 1 << 20;
/// Where the specification says nothing tokens live a minute; a little less is used.
const LIFETIME: u64 = 60;
const MARGIN: u64 = 5;
/// None is used for longer, whatever its service says.
const LONGEST: u64 = 24 * 60 * 60;
/// A token younger than this is not refused because of its age.
const NEW: Duration = Duration::from_secs(10);

/// Signs what is sent to one endpoint, with what was learned from its answers.
#[derive(Debug)]
pub(crate) struct Auth {
    registries: Registries,
    endpoint: Url,
    credentials: Option<Credentials>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// It takes name and password themselves.
    basic: bool,
    /// Tokens by scope.
    tokens: HashMap<String, Token>,
    /// What a token service gave in place of the password.
    identity: Option<String>,
}

#[derive(Debug, Clone)]
struct Token {
    text: String,
    since: Instant,
    until: Instant,
}

/// What a request carries to say who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signature {
    None,
    Basic,
    Bearer(String),
}

/// A token service's answer; which of the two names is used differs.
#[derive(Debug, Deserialize)]
struct TokenAnswer {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
    expires_in: Option<u64>,
    #[serde(default)]
    refresh_token: String,
}

impl Auth {
    /// Mirrors are not told who asks.
    pub fn new(
        registries: Registries,
        endpoint: &Endpoint,
        credentials: Option<Credentials>,
    ) -> Self {
        Self {
            registries,
            endpoint: endpoint.base.clone(),
            credentials: credentials.filter(|_| !endpoint.mirror),
            known: Mutex::default(),
        }
    }

    /// Whether there is anything to prove us with.
    pub fn is_signed(&self) -> bool {
        self.credentials.is_some()
    }

    /// What the token service gave in place of the password.
    pub async fn identity_token(&self) -> Option<String> {
        self.known.lock().await.identity.clone()
    }

    /// How to sign a request, as far as is known by now.
    pub async fn signature(&self, scope: &str) -> Signature {
        if let Some(Credentials::RegistryToken(token)) = &self.credentials {
            return Signature::Bearer(token.clone());
        }
        let known = self.known.lock().await;
        let token = known.tokens.get(scope);
        match token.filter(|token| token.until > Instant::now()) {
            Some(token) => Signature::Bearer(token.text.clone()),
            None if known.basic => Signature::Basic,
            None => Signature::None,
        }
    }

    /// Puts a signature on a request.
    pub fn sign(&self, request: RequestBuilder, signature: &Signature) -> RequestBuilder {
        match (signature, &self.credentials) {
            (Signature::Bearer(token), _) => request.bearer_auth(token),
            (Signature::Basic, Some(Credentials::Password { username, password })) => {
                request.basic_auth(username, Some(password))
            }
            _ => request,
        }
    }

    /// Learns from a 401 how to sign; false when there is nothing more to try.
    pub async fn learn(
        &self,
        response: &Response,
        rejected: &Signature,
        asked: &Asked<'_>,
        cancel: &CancelFlag,
    ) -> Result<bool> {
        let values = response.headers().get_all(WWW_AUTHENTICATE);
        let values = values
            .iter()
            .filter_map(|value| HeaderValue::to_str(value).ok());
        let Some(challenge) = challenge::choose(values) else {
            return Ok(false);
        };
        let mut known = self.known.lock().await;
        match challenge {
            Challenge::Basic => {
                let password = matches!(self.credentials, Some(Credentials::Password { .. }));
                if *rejected == Signature::Basic {
                    return Ok(false);
                }
                if !password {
                    return Err(Error::Unauthorized {
                        host: authority(&self.endpoint),
                        said: "no basic auth credentials".to_owned(),
                    });
                }
                known.basic = true;
                Ok(true)
            }
            Challenge::Bearer {
                realm,
                service,
                scope,
            } => {
                if let Some(token) = known.tokens.get(asked.scope) {
                    let rejected = *rejected == Signature::Bearer(token.text.clone());
                    // Another request of ours may have been here first.
                    if !rejected && token.until > Instant::now() {
                        return Ok(true);
                    }
                    // One that is new would be refused again.
                    if rejected && token.since.elapsed() < NEW {
                        return Ok(false);
                    }
                }
                let service = service.unwrap_or_default();
                let scope = match asked.scope {
                    "" => scope.unwrap_or_default(),
                    scope => scope.to_owned(),
                };
                let asking = self.ask(&realm, &service, &scope, asked);
                let answer = unless(cancel, asking).await?;
                let token = answer.token(&realm)?;
                known.identity = Some(answer.refresh_token).filter(|token| !token.is_empty());
                known.tokens.insert(asked.scope.to_owned(), token);
                Ok(true)
            }
        }
    }

    /// Asks the token service that the registry names.
    async fn ask(
        &self,
        realm: &str,
        service: &str,
        scope: &str,
        asked: &Asked<'_>,
    ) -> Result<TokenAnswer> {
        let url = self.realm(realm)?;
        let host = authority(&url);
        let own = url.origin() == self.endpoint.origin();
        let ground = if own || guard::is_this_computer(&self.endpoint) {
            Ground::Anywhere
        } else {
            Ground::Outside
        };
        let client = self.registries.client(&url, ground, false)?;
        let request = match &self.credentials {
            Some(Credentials::IdentityToken(token)) => {
                let form = [
                    ("grant_type", "refresh_token"),
                    ("service", service),
                    ("scope", scope),
                    ("client_id", CLIENT),
                    ("refresh_token", token),
                ];
                client.request(Method::POST, url).form(&form)
            }
            credentials => {
                let mut query = vec![("service", service)];
                // A request may need several, each its own.
                query.extend(
                    scope
                        .split(' ')
                        .filter(|one| !one.is_empty())
                        .map(|one| ("scope", one)),
                );
                if let Some(Credentials::Password { username, password }) = credentials {
                    query.push(("account", username));
                    query.push(("client_id", CLIENT));
                    if asked.action == Action::Login {
                        query.push(("offline_token", "true"));
                    }
                    let request = client.request(Method::GET, url).query(&query);
                    request.basic_auth(username, Some(password))
                } else {
                    client.request(Method::GET, url).query(&query)
                }
            }
        };
        let response = request
            .send()
            .await
            .map_err(|error| Error::http(&host, error))?;
        let asked = Asked {
            what: "a token",
            ..*asked
        };
        let response = answer::check(response, &asked).await?;
        answer::json(response, ANSWER, "a token").await
    }

    /// The token service's address. It gets the password: so it must be as safe as the registry.
    fn realm(&self, realm: &str) -> Result<Url> {
        let host = authority(&self.endpoint);
        let url = self.endpoint.join(realm).map_err(|error| Error::Answer {
            host: host.clone(),
            what: "the address for tokens".to_owned(),
            why: error.to_string(),
        })?;
        let safe = url.scheme() == "https" || self.endpoint.scheme() == "http";
        if !safe || !matches!(url.scheme(), "http" | "https") {
            return Err(Error::Redirect {
                host,
                to: url.to_string(),
                why: "tokens of a registry with encryption are asked for with encryption only",
            });
        }
        Ok(url)
    }
}

impl TokenAnswer {
    fn token(&self, realm: &str) -> Result<Token> {
        let text = if self.token.is_empty() {
            &self.access_token
        } else {
            &self.token
        };
        // It becomes part of a header.
        if text.is_empty() || HeaderValue::from_str(text).is_err() {
            return Err(Error::Answer {
                host: realm.to_owned(),
                what: "a token".to_owned(),
                why: "there is none in it".to_owned(),
            });
        }
        let lifetime = self.expires_in.unwrap_or(LIFETIME).clamp(LIFETIME, LONGEST);
        let since = Instant::now();
        Ok(Token {
            text: text.clone(),
            since,
            until: since + Duration::from_secs(lifetime - MARGIN),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_live_between_a_minute_and_a_day_whatever_is_said() {
        let lives = |said: Option<u64>| {
            let answer = serde_json::json!({ "token": "x", "expires_in": said });
            let answer: TokenAnswer = serde_json::from_value(answer).unwrap();
            let token = answer.token("https://tokens.example").unwrap();
            (token.until - token.since).as_secs() + MARGIN
        };
        assert_eq!(lives(None), LIFETIME);
        assert_eq!(lives(Some(0)), LIFETIME);
        assert_eq!(lives(Some(300)), 300);
        assert_eq!(lives(Some(u64::MAX)), LONGEST);
    }
}

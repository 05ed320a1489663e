//! Who may talk to the server: the browser that opened the printed address, and no other page.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use gantry_view::Failure;
use serde::Deserialize;

use super::reply;

/// What the content may load and talk to: this server alone.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The secrets and names of one server.
pub(super) struct Guard {
    /// The path below which everything lies, which nobody else of this computer knows: cookies are
    /// sent to all ports of a host, but to their own paths only.
    folder: String,
    /// The port is part of the name, since the ports share their cookies.
    cookie: String,
    session: String,
    token: String,
    used: AtomicBool,
    /// What `Host` may say.
    hosts: [String; 2],
}

impl Guard {
    pub(super) fn new(port: u16) -> Self {
        Self {
            folder: format!("/{}/", secret()),
            cookie: format!("gantry-{port}"),
            session: secret(),
            token: secret(),
            used: AtomicBool::new(false),
            hosts: [format!("127.0.0.1:{port}"), format!("localhost:{port}")],
        }
    }

    /// The address to open, with the token.
    pub(super) fn address(&self) -> String {
        format!(
            "http://{}{}?token={}",
            self.hosts[0], self.folder, self.token
        )
    }

    /// The path of everything, with a slash at its end.
    pub(super) fn folder(&self) -> &str {
        &self.folder
    }

    /// `Host` must be this server's, or a foreign name was made to lead here.
    fn knows_host(&self, headers: &HeaderMap) -> bool {
        text(headers, header::HOST).is_some_and(|host| self.hosts.iter().any(|own| own == host))
    }

    /// A page of another origin may not ask; what changes something must say where it comes from.
    fn knows_origin(&self, method: &Method, headers: &HeaderMap) -> bool {
        match text(headers, header::ORIGIN) {
            Some(origin) => origin
                .strip_prefix("http://")
                .is_some_and(|host| self.hosts.iter().any(|own| own == host)),
            None => {
                !headers.contains_key(header::ORIGIN)
                    && !headers.contains_key(header::UPGRADE)
                    && matches!(*method, Method::GET | Method::HEAD)
            }
        }
    }

    fn knows_cookie(&self, headers: &HeaderMap) -> bool {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split("; "))
            .filter_map(|pair| pair.split_once('='))
            .any(|(name, value)| name == self.cookie && same(value, &self.session))
    }

    /// The token of the printed address.
    fn token(&self, request: &Request) -> Option<String> {
        if request.uri().path() != self.folder {
            return None;
        }
        let query = axum::extract::Query::<Token>::try_from_uri(request.uri()).ok()?;
        Some(query.0.token)
    }

    /// Takes the token, once.
    fn redeem(&self, token: &str) -> bool {
        same(token, &self.token) && !self.used.swap(true, Ordering::Relaxed)
    }
}

#[derive(Deserialize)]
struct Token {
    token: String,
}

/// Lets a request through, signs a browser in, or refuses.
pub(super) async fn check(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = if !guard.knows_host(request.headers()) {
        refuse("wrong-host", "the request names another host")
    } else if !guard.knows_origin(request.method(), request.headers()) {
        refuse("wrong-origin", "the request comes from another page")
    } else if let Some(token) = guard.token(&request) {
        sign_in(&guard, &token, guard.knows_cookie(request.headers()))
    } else if guard.knows_cookie(request.headers()) {
        next.run(request).await
    } else {
        not_signed_in()
    };
    protect(response.headers_mut());
    response
}

/// Swaps the token for the cookie and leads to the page without it.
///
/// A page that moves on by itself, not a redirect: browsers hold a strict cookie back on a redirect
/// when another site's link led here.
fn sign_in(guard: &Guard, token: &str, signed_in: bool) -> Response {
    let mut response = axum::response::Html(
        "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url=./\">\
         <title>Gantry</title>",
    )
    .into_response();
    if signed_in {
        return response;
    }
    if !guard.redeem(token) {
        return not_signed_in();
    }
    let cookie = format!(
        "{}={}; Path={}; HttpOnly; SameSite=Strict",
        guard.cookie, guard.session, guard.folder
    );
    match HeaderValue::try_from(cookie) {
        Ok(cookie) => {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        Err(_) => not_signed_in(),
    }
}

fn not_signed_in() -> Response {
    let failure = Failure {
        next: "Start `gantry web` again and open the address it prints; it works once.".into(),
        ..Failure::new("not-signed-in", "this browser is not signed in to Gantry")
    };
    reply::failure(StatusCode::UNAUTHORIZED, &failure)
}

fn refuse(code: &str, raw: &str) -> Response {
    reply::failure(StatusCode::FORBIDDEN, &Failure::new(code, raw))
}

fn protect(headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("same-origin"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// 256 bits in hex.
fn secret() -> String {
    hex::encode(rand::random::<[u8; 32]>())
}

/// Compares in a time that does not tell how much is right.
fn same(given: &str, secret: &str) -> bool {
    let pairs = given.bytes().zip(secret.bytes());
    given.len() == secret.len() && pairs.fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

use axum::{
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
    response::Response,
};
use gantry_view::{Failure, Host};
use tower::ServiceExt;

use super::*;

const HOST: &str = "127.0.0.1:7777";

fn server() -> (Router, Arc<Guard>) {
    let guard = Arc::new(Guard::new(7777));
    let desk = Desk::new(Options::new(HostKind::Browser));
    (router(desk, Arc::clone(&guard)), guard)
}

async fn send(server: &Router, request: Request<Body>) -> Response {
    server.clone().oneshot(request).await.expect("an answer")
}

fn at(path: &str) -> axum::http::request::Builder {
    Request::builder().uri(path).header(header::HOST, HOST)
}

fn get(guard: &Guard, path: &str) -> axum::http::request::Builder {
    at(&format!("{}{}", guard.folder(), &path[1..]))
}

fn call(guard: &Guard, name: &str) -> axum::http::request::Builder {
    get(guard, &format!("/rpc/{name}"))
        .method(Method::POST)
        .header(header::ORIGIN, format!("http://{HOST}"))
}

fn empty(builder: axum::http::request::Builder) -> Request<Body> {
    builder.body(Body::empty()).expect("a request")
}

async fn failure(response: Response) -> Failure {
    let bytes = to_bytes(response.into_body(), 1 << 20)
        .await
        .expect("a body");
    serde_json::from_slice(&bytes).expect("a failure")
}

/// Opens the printed address as a browser does; the cookie.
async fn sign_in(server: &Router, guard: &Guard) -> String {
    let address = guard.address();
    let path = address
        .strip_prefix(&format!("http://{HOST}"))
        .expect("this server");
    let response = send(server, empty(at(path))).await;
    assert_eq!(response.status(), StatusCode::OK);
    let cookie = response.headers()[header::SET_COOKIE]
        .to_str()
        .expect("text");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    let path = format!(" Path={};", guard.folder());
    assert!(cookie.contains(&path), "other ports must not get {cookie}");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn nothing_lies_beside_the_path_that_nobody_can_guess() {
    let (server, guard) = server();
    let cookie = sign_in(&server, &guard).await;
    assert!(guard.folder().len() > 32);
    for path in ["/", "/index.html", "/rpc/get_host"] {
        let request = at(path).header(header::COOKIE, &cookie);
        let response = send(&server, empty(request)).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/", "/index.html", "/styles/app.css"] {
        let request = get(&guard, path).header(header::COOKIE, &cookie);
        let response = send(&server, empty(request)).await;
        assert_ne!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_printed_address_signs_one_browser_in() {
    let (server, guard) = server();
    let cookie = sign_in(&server, &guard).await;

    let request = call(&guard, "get_host")
        .header(header::COOKIE, &cookie)
        .body("{}".into());
    let response = send(&server, request.expect("a request")).await;
    assert_eq!(response.status(), StatusCode::OK);
    let bytes = to_bytes(response.into_body(), 1 << 20)
        .await
        .expect("a body");
    let host: Host = serde_json::from_slice(&bytes).expect("the reply");
    assert_eq!(host.kind, HostKind::Browser);

    let address = guard.address();
    let path = address
        .strip_prefix(&format!("http://{HOST}"))
        .expect("this server");
    let again = send(&server, empty(at(path))).await;
    assert_eq!(
        again.status(),
        StatusCode::UNAUTHORIZED,
        "the token is used"
    );
    let again = send(&server, empty(at(path).header(header::COOKIE, &cookie))).await;
    assert_eq!(again.status(), StatusCode::OK, "this browser is signed in");
}

#[tokio::test]
async fn without_the_cookie_nothing_is_served() {
    let (server, guard) = server();
    for path in [
        "/",
        "/index.html",
        "/download?kind=log&id=a",
        "/?token=wrong",
    ] {
        for request in [get(&guard, path), at(path)] {
            let response = send(&server, empty(request)).await;
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(failure(response).await.code, "not-signed-in");
        }
    }
    let other = sign_in(&server, &guard).await.replace("7777=", "7777=0");
    let response = send(
        &server,
        empty(get(&guard, "/").header(header::COOKIE, other)),
    )
    .await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn other_hosts_and_origins_are_refused() {
    let (server, guard) = server();
    let cookie = sign_in(&server, &guard).await;
    let rebound = Request::builder()
        .uri(guard.folder())
        .header(header::HOST, "evil.example:7777")
        .header(header::COOKIE, &cookie);
    assert_eq!(
        failure(send(&server, empty(rebound)).await).await.code,
        "wrong-host"
    );

    for (origin, expected) in [
        (Some("http://evil.example"), "wrong-origin"),
        (Some("http://127.0.0.1:8888"), "wrong-origin"),
        (Some("null"), "wrong-origin"),
        (None, "wrong-origin"),
    ] {
        let mut request = get(&guard, "/rpc/get_host")
            .method(Method::POST)
            .header(header::COOKIE, &cookie);
        if let Some(origin) = origin {
            request = request.header(header::ORIGIN, origin);
        }
        let response = send(&server, empty(request)).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        assert_eq!(failure(response).await.code, expected, "{origin:?}");
    }
}

#[tokio::test]
async fn every_answer_says_what_the_page_may_do() {
    let (server, guard) = server();
    let cookie = sign_in(&server, &guard).await;
    for request in [
        get(&guard, "/"),
        get(&guard, "/").header(header::COOKIE, cookie),
    ] {
        let response = send(&server, empty(request)).await;
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str();
        assert!(policy.is_ok_and(|policy| policy.starts_with("default-src 'none'")));
        assert_eq!(
            response.headers()[header::X_CONTENT_TYPE_OPTIONS],
            "nosniff"
        );
    }
}

#[tokio::test]
async fn a_call_that_does_not_exist_is_a_failure() {
    let (server, guard) = server();
    let cookie = sign_in(&server, &guard).await;
    for (name, status, code) in [
        ("no_such_call", StatusCode::NOT_FOUND, "unknown-call"),
        (
            "pick_files",
            StatusCode::UNPROCESSABLE_ENTITY,
            "desktop-only",
        ),
        ("stop_container", StatusCode::BAD_REQUEST, "bad-request"),
    ] {
        let request = call(&guard, name)
            .header(header::COOKIE, &cookie)
            .body("{".into());
        let response = send(&server, request.expect("a request")).await;
        assert_eq!(response.status(), status, "{name}");
        assert_eq!(failure(response).await.code, code);
    }
}

//! Many containers.

use gantry_tests::{Engine, http};

use crate::{
    Effort,
    command::usual_engine,
    report::{Report, Row},
    samples::Samples,
};

pub const MANY: usize = 500;

pub fn measure(effort: Effort, report: &mut Report) {
    let what = format!("GET /containers/json?all=1, {MANY} containers");
    let engine = match usual_engine() {
        Ok(engine) => engine,
        Err(why) => return report.skip(what, why),
    };
    create_many(&engine, "box", "true", MANY);
    let head = "GET /v1.51/containers/json?all=1 HTTP/1.1\nConnection: close";
    let listed = Samples::timed(effort.of(20, 200), || {
        let body = http::send_early(&engine, head, b"").body();
        assert!(body.len() > 100 * MANY);
    });
    report.add(Row::new(what, "ms", listed).at_most(10.0));
}

/// Containers of this command that never ran, `PREFIX-0` and on.
pub fn create_many(engine: &Engine, prefix: &str, command: &str, count: usize) {
    let words: Vec<_> = command.split(' ').collect();
    let body = serde_json::json!({
        "Image": "busybox",
        "Cmd": words,
        "HostConfig": { "NetworkMode": "none" },
        "StopSignal": "SIGKILL",
    });
    let body = body.to_string();
    for number in 0..count {
        let head = format!(
            "POST /v1.51/containers/create?name={prefix}-{number} HTTP/1.1\nConnection: close\n\
             Content-Type: application/json"
        );
        assert_eq!(http::send(engine, &head, body.as_bytes()).status, 201);
    }
}

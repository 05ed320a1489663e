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
    create_many(&engine, MANY);
    let head = "GET /v1.51/containers/json?all=1 HTTP/1.1\nConnection: close";
    let listed = Samples::timed(effort.of(20, 200), || {
        let body = http::send_early(&engine, head, b"").body();
        assert!(body.len() > 100 * MANY);
    });
    report.add(Row::new(what, "ms", listed).at_most(10.0));
}

/// Containers of `true` that never ran, `box-0` and on.
pub fn create_many(engine: &Engine, count: usize) {
    let body = br#"{"Image":"busybox","Cmd":["true"],"HostConfig":{"NetworkMode":"none"}}"#;
    for number in 0..count {
        let head = format!(
            "POST /v1.51/containers/create?name=box-{number} HTTP/1.1\nConnection: close\n\
             Content-Type: application/json"
        );
        assert_eq!(http::send(engine, &head, body).status, 201);
    }
}

//! What a container did to a file is taken back: one that runs and one that does not.

use gantry_tests::{Engine, as_root_and_as_user, http, wait_for};
use serde_json::Value;

as_root_and_as_user!(
    files_come_back_as_the_image_has_them,
    what_is_mounted_stays_as_it_is,
);

/// The image's own files that are changed, with everything that ls tells.
const LOOK: &str = "ls -ln --full-time /etc/passwd /etc/group; cat /etc/passwd";
const CHANGE: &str = "echo more >> /etc/passwd; chmod 600 /etc/passwd; rm /etc/group; \
                      echo new > /etc/new; mkdir /made; echo in > /made/in";

fn revert(engine: &Engine, path: &str) -> http::Answer {
    let path = format!("/gantry/v1/containers/box/files/revert?path={path}");
    http::post(engine, &path, &Value::Null)
}

fn changed(engine: &Engine) -> Vec<String> {
    let lines = engine.docker(&["diff", "box"]).ok();
    let lines = lines.lines().map(str::to_owned);
    // Folders on the way count as changed, by their times.
    lines
        .filter(|line| !line.starts_with("C /etc") || line.len() > 6)
        .collect()
}

fn files_come_back_as_the_image_has_them(engine: &Engine) {
    let fresh = engine.shell(&[], LOOK);
    for runs in [true, false] {
        // Once: a start runs it again.
        let script = format!("test -e /ran || {{ {CHANGE}; touch /ran; }}; sleep 1000");
        engine.run_detached("box", &["--stop-timeout", "0"], &["sh", "-c", &script]);
        wait_for("the changes", || {
            let made = engine.docker(&["exec", "box", "test", "-e", "/ran"]);
            (made.code == 0).then_some(())
        });
        if !runs {
            engine.docker(&["stop", "box"]).ok();
        }
        for path in [
            "/etc/passwd",
            "etc/group",
            "/etc/new",
            "/made/in",
            "/etc/hosts",
        ] {
            assert_eq!(revert(engine, path).status, 204, "{path}");
        }
        assert_eq!(changed(engine), ["A /made", "A /ran"], "runs: {runs}");
        if !runs {
            engine.docker(&["start", "box"]).ok();
        }
        let found = engine.docker(&["exec", "box", "sh", "-c", LOOK]);
        assert_eq!(found.out.trim_end(), fresh, "runs: {runs}");
        let gone = engine.docker(&["exec", "box", "ls", "/etc/new", "/made/in"]);
        assert_ne!(gone.code, 0);
        assert_eq!(revert(engine, "/made").status, 204, "an added folder goes");
        engine.docker(&["rm", "-f", "box"]).ok();
    }
}

fn what_is_mounted_stays_as_it_is(engine: &Engine) {
    // The container has written to the folder before a volume lies over it.
    engine
        .docker(&[
            "create",
            "--name",
            "box",
            "-v",
            "data:/etc",
            "busybox",
            "sleep",
            "1",
        ])
        .ok();
    let upper = engine.inspect("box", ".GraphDriver.Data.UpperDir");
    let below = std::path::Path::new(&upper).join("etc");
    std::fs::create_dir_all(&below).unwrap();
    std::fs::write(below.join("new"), "below").unwrap();
    engine.identity().own(&below);
    let refused = revert(engine, "/etc/new");
    let told: Value = refused.json();
    assert_eq!(told["gantry"]["code"], "mounted-there", "{told}");
    assert!(below.join("new").exists());
}

use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
#[command(disable_help_flag = true)]
struct Line {
    #[command(flatten)]
    options: ContainerOptions,
}

fn body(line: &[&str]) -> ContainerCreate {
    let line = Line::try_parse_from(std::iter::once(&"run").chain(line)).unwrap();
    line.options.to_body().unwrap()
}

#[test]
fn everything_behind_the_image_belongs_to_the_command() {
    let made = body(&["-i", "busybox", "sh", "-c", "echo $0", "--rm", "-t"]);
    assert_eq!(made.config.cmd, ["sh", "-c", "echo $0", "--rm", "-t"]);
    assert!(made.config.open_stdin && !made.config.tty && !made.host_config.auto_remove);
}

#[test]
fn a_usual_line_becomes_dockers_request() {
    let made = body(&[
        "-it",
        "--rm",
        "-e",
        "A=1",
        "-v",
        "/data:/in:ro",
        "-w",
        "/in",
        "-u",
        "1000:100",
        "--entrypoint",
        "sh",
        "-m",
        "64m",
        "--cpus",
        "1.5",
        "--label",
        "a=b",
        "-h",
        "box",
        "--network",
        "none",
        "--restart",
        "on-failure:3",
        "--ulimit",
        "nofile=10:20",
        "-p",
        "127.0.0.1:8001:80",
        "busybox:latest",
    ]);
    let mut value = serde_json::to_value(&made).unwrap();
    // The size of whatever terminal the tests run in.
    value["HostConfig"]["ConsoleSize"] = serde_json::json!([0, 0]);
    let set = strip(value);
    insta::assert_json_snapshot!(set);
}

/// Leaves out what has its default, so that the snapshot shows what was asked for.
fn strip(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(key, value)| (key, strip(value)))
                .filter(|(_, value)| match value {
                    Value::Null | Value::Bool(false) => false,
                    Value::String(text) => !text.is_empty(),
                    Value::Array(list) => !list.is_empty(),
                    Value::Object(map) => !map.is_empty(),
                    Value::Number(number) => number.as_i64() != Some(0),
                    Value::Bool(true) => true,
                })
                .collect(),
        ),
        other => other,
    }
}

#[test]
fn an_empty_entrypoint_clears_the_images() {
    assert_eq!(body(&["--entrypoint", "", "a"]).config.entrypoint, [""]);
    assert!(body(&["a"]).config.entrypoint.is_empty());
}

#[test]
fn the_port_of_a_registry_is_not_a_tag() {
    assert_eq!(split_reference("a:1"), ("a", Some("1")));
    assert_eq!(
        split_reference("localhost:5000/a"),
        ("localhost:5000/a", None)
    );
    assert_eq!(split_reference("h:5000/a:1"), ("h:5000/a", Some("1")));
}

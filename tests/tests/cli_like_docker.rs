//! What `gantry` prints, beside what the docker CLI prints of the same engine.

use gantry_tests::{Engine, as_root_and_as_user, wait_for};
use serde_json::Value;

as_root_and_as_user!(
    lists_are_printed_as_docker_prints_them,
    templates_of_one_thing_are_filled_in_as_docker_does,
    json_has_dockers_keys,
    filters_choose_what_they_choose_for_docker,
    a_log_is_searched,
    shells_and_man_are_told_of_every_verb,
    files_of_variables_are_read_alike,
);

/// Two containers and two names of an image.
fn filled(engine: &Engine) {
    let labels = [
        "--label",
        "com.example.role=web",
        "--label",
        "other=1",
        "-e",
        "A=b",
    ];
    engine.run_detached("web", &labels, &["sleep", "600"]);
    engine
        .docker(&[
            "create",
            "--name",
            "made",
            "--network",
            "none",
            "busybox",
            "sh",
            "-c",
            "a long command line",
        ])
        .ok();
    engine.docker(&["tag", "busybox", "busybox:2"]).ok();
}

/// Both print the same. Some of it says how long ago something was, and time passes between the two:
/// then once more, a few times where the machine is slow.
#[track_caller]
fn same(engine: &Engine, arguments: &[&str]) {
    let print = || {
        let (docker, gantry) = (engine.docker(arguments), engine.gantry(arguments));
        (docker.ok(), gantry.ok())
    };
    let same = (0..5).any(|_| {
        let (docker, gantry) = print();
        docker == gantry
    });
    if !same {
        let (docker, gantry) = print();
        assert_eq!(docker, gantry, "{arguments:?}");
    }
}

fn lists_are_printed_as_docker_prints_them(engine: &Engine) {
    filled(engine);
    for list in [
        "ps -a",
        "ps -a --no-trunc",
        "ps -aq",
        "ps -q --no-trunc",
        "ps -l",
        "ps -n 1",
        "images",
        "images -q",
        "images --no-trunc",
        "images --digests",
        "images busybox:2",
        "history busybox",
        "history --no-trunc busybox",
        "history -q busybox",
        "history --human=false busybox",
    ] {
        same(engine, &list.split(' ').collect::<Vec<_>>());
    }
    for format in [
        "{{.ID}}",
        "{{.Names}}: {{.Image}}",
        "{{.ID}}\\t{{.Status}}",
        "table {{.Names}}",
        "table {{.ID}}\\t{{.Names}}\\t{{.State}}",
        "table {{.Names}}\\tis {{upper .Image}}",
        "{{if eq .State \"running\"}}{{.Names}}{{else}}-{{end}}",
        "{{lower .Image}} {{title .Names}} {{truncate .ID 3}} {{len .Names}}",
        "{{range split .Image \"s\"}}<{{.}}>{{end}}",
        "{{printf \"%-10s|\" .Names}}",
        "{{.Names}} {{.Label \"com.example.role\"}}",
        "table {{.Names}}\\t{{.Label \"com.example.role\"}}",
    ] {
        same(engine, &["ps", "-a", "--format", format]);
    }
    for format in [
        "{{.Repository}}:{{.Tag}}",
        "table {{.Repository}}\\t{{.ID}}\\t{{.Size}}",
        "{{.ID}} {{.CreatedSince}}",
    ] {
        same(engine, &["images", "--format", format]);
    }
    same(
        engine,
        &["history", "--format", "{{.CreatedBy}} {{.Size}}", "busybox"],
    );
    for format in ["{{.Type}} {{.TotalCount}}", "table {{.Type}}\\t{{.Active}}"] {
        same(engine, &["system", "df", "--format", format]);
    }
}

fn templates_of_one_thing_are_filled_in_as_docker_does(engine: &Engine) {
    filled(engine);
    for format in [
        "{{.State.Status}}",
        "{{.Id}} {{.Name}}",
        "{{json .Config.Env}}",
        "{{json .State.Health}}",
        "{{range .Config.Env}}{{println .}}{{end}}",
        "{{range $key, $value := .Config.Labels}}{{$key}}={{$value}};{{end}}",
        "{{index .Config.Labels \"com.example.role\"}}",
        "{{index .Config.Cmd 0}}",
        "{{join .Config.Cmd \" \"}}",
        "{{len .Config.Env}}",
        "{{if .State.Running}}up{{else}}down{{end}}",
        "{{with .HostConfig}}{{.NetworkMode}}{{end}}",
        "{{.HostConfig.Memory}} {{.HostConfig.ShmSize}}",
        "{{.Config.Cmd}}",
        "{{upper .Name | lower}}",
        "{{not .State.Paused}} {{and .State.Running .Id | len}}",
    ] {
        same(engine, &["inspect", "--format", format, "web"]);
    }
    for format in [
        "{{.Id}}",
        "{{json .Config.Cmd}}",
        "{{len .RootFS.Layers}} {{.Os}}/{{.Architecture}}",
    ] {
        same(engine, &["inspect", "-f", format, "busybox"]);
    }
    for format in ["{{.ServerVersion}} {{.Containers}}", "{{json .Driver}}"] {
        same(engine, &["info", "--format", format]);
    }
    same(
        engine,
        &[
            "version",
            "--format",
            "{{.Server.Version}} {{.Server.APIVersion}}",
        ],
    );
    for template in [
        "{{.Nonsense}}",
        "{{.State.Nonsense}}",
        "{{nonsense .}}",
        "{{if}}",
        "{{.Id",
    ] {
        let refused = engine.gantry(&["inspect", "-f", template, "web"]);
        assert_ne!(refused.code, 0, "{template}");
        assert!(refused.err.contains("template"), "{refused:?}");
    }
}

fn json_has_dockers_keys(engine: &Engine) {
    filled(engine);
    let values = |text: String| -> Vec<Value> {
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    };
    for list in ["ps -a", "images", "history busybox"] {
        for format in ["json", "{{json .}}"] {
            let mut arguments: Vec<&str> = list.split(' ').collect();
            arguments.splice(1..1, ["--format", format]);
            let docker = values(engine.docker(&arguments).ok());
            let gantry = values(engine.gantry(&arguments).ok());
            assert_eq!(docker.len(), gantry.len());
            for (docker, gantry) in docker.iter().zip(&gantry) {
                for (key, value) in gantry.as_object().unwrap() {
                    if ["RunningFor", "Status", "CreatedSince"].contains(&key.as_str()) {
                        continue;
                    }
                    // Newer clients know more keys than older ones.
                    let theirs = docker.get(key).unwrap_or(value);
                    assert_eq!(theirs, value, "{key} of {list}");
                }
            }
        }
    }
    let whole = engine.gantry(&["inspect", "-f", "{{json .}}", "web"]).ok();
    let whole: Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(whole["Name"], "/web");
}

fn filters_choose_what_they_choose_for_docker(engine: &Engine) {
    filled(engine);
    for filter in [
        "status=created",
        "status=running",
        "name=we",
        "label=other",
        "label=com.example.role=web",
        "ancestor=busybox",
        "network=none",
        "id=zzz",
    ] {
        same(engine, &["ps", "-aq", "--filter", filter]);
    }
    for filter in ["reference=*:2", "dangling=true", "reference=busy*"] {
        same(engine, &["images", "--filter", filter]);
    }
    assert_ne!(engine.gantry(&["ps", "--filter", "nonsense"]).code, 0);
}

fn a_log_is_searched(engine: &Engine) {
    let script = "for i in 1 2 3 10; do echo line $i; done; echo Line of error >&2; sleep 600";
    engine.run_detached("box", &[], &["sh", "-c", script]);
    wait_for("the log", || {
        let log = engine.docker(&["logs", "box"]);
        log.err.contains("error").then_some(())
    });
    let search = |options: &[&str]| engine.gantry(&[&["logs"], options, &["box"]].concat());
    assert_eq!(search(&["--search", "line 1"]).ok(), "line 1\nline 10");
    let both = search(&["--search", "line", "--ignore-case"]);
    assert_eq!(both.out.lines().count(), 4, "{both:?}");
    assert_eq!(both.err, "Line of error\n");
    assert_eq!(
        search(&["--search", "e [23]$", "--regex"]).ok(),
        "line 2\nline 3"
    );
    let stamped = search(&["-t", "--search", "line 2"]).ok();
    assert_eq!(
        stamped,
        engine
            .docker(&["logs", "-t", "box"])
            .ok()
            .lines()
            .nth(1)
            .unwrap()
    );
    assert_eq!(search(&["--search", "nothing"]).ok(), "");
}

fn shells_and_man_are_told_of_every_verb(engine: &Engine) {
    for shell in ["bash", "zsh", "fish"] {
        let text = engine.gantry(&["completions", shell]).ok();
        assert!(
            text.contains("commit") && text.contains("no-trunc"),
            "{shell}"
        );
    }
    let script = "complete -p gantry; COMP_WORDS=(gantry com); COMP_CWORD=1; \
                  _gantry gantry com gantry; printf '%s ' \"${COMPREPLY[@]}\"";
    let completions = engine.write("gantry.bash", engine.gantry(&["completions", "bash"]).out);
    let bash = std::process::Command::new("bash")
        .args(["-c", &format!("source {}; {script}", completions.display())])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&bash.stdout);
    assert!(
        said.contains("commit") && said.contains("completions"),
        "{said}"
    );
    let folder = engine.file("man");
    engine.gantry(&["manual", folder.to_str().unwrap()]).ok();
    let page = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(page("gantry.1").contains("gantry\\-commit(1)"));
    assert!(page("gantry-ps.1").contains("no\\-trunc"));
}

fn files_of_variables_are_read_alike(engine: &Engine) {
    let run = |file: &str, more: &[&str]| {
        let path = engine.write("env", file);
        let run = [
            "run",
            "--rm",
            "--network",
            "none",
            "--env-file",
            path.to_str().unwrap(),
        ];
        let arguments = [&run[..], more, &["busybox", "env"]].concat();
        let variables = |out: &str| {
            let lines = out.lines().filter(|line| !line.starts_with("HOSTNAME="));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let docker = engine.docker(&arguments);
        let gantry = engine.gantry(&arguments);
        assert_eq!(docker.code, gantry.code, "{} {}", docker.err, gantry.err);
        assert_eq!(variables(&docker.out), variables(&gantry.out));
        gantry
    };
    let file =
        "\u{feff}# comment\r\n\n  A=1\r\nB=x # no comment\nC=\"quoted\" \nHOME\nNOT_SET\nD=\nE=a=b";
    let told = run(file, &[]);
    assert!(told.out.contains("B=x # no comment\n"), "{}", told.out);
    // What is asked for by itself wins, and a name that is set nowhere takes a variable away.
    run(file, &["-e", "A=2", "-e", "B", "-e", "PATH"]);
    for bad in ["A=1\n=2\n", "export A=1\n"] {
        let told = run(bad, &[]);
        assert_eq!(told.code, 125, "{}", told.err);
        assert!(told.err.contains("line "), "{}", told.err);
    }
}

//! The command that does what the form says, and its line in the dialog.

use gantry_view::{Again, Keep, Like, MountKind, RestartPolicy, RunContainer};
use leptos::prelude::*;

use super::form::{Form, is_secret};
use crate::{
    dialogs::limits::cores,
    i18n::use_text,
    parts::{CopyButton, IconButton, Symbol},
    state::CommandLine,
};

/// The words after `docker`. Secrets are named only: the shell's own environment gives the value.
/// `again` is what the request carries along.
pub fn command_line(request: &RunContainer, again: Option<&Again>) -> CommandLine {
    let mut words: Vec<String> = if request.start {
        vec!["run".to_owned(), "-d".to_owned()]
    } else {
        vec!["create".to_owned()]
    };
    let mut flag = |on: bool, word: &str| {
        if on {
            words.push(word.to_owned());
        }
    };
    flag(request.open_stdin, "-i");
    flag(request.tty, "-t");
    flag(request.auto_remove, "--rm");
    let mut option = |name: &str, value: String| {
        if !value.is_empty() {
            words.extend([name.to_owned(), value]);
        }
    };
    option("--name", request.name.clone());
    for port in &request.ports {
        let address = match port.address.as_str() {
            "" => String::new(),
            address => format!("{address}:"),
        };
        let protocol = match port.protocol.as_str() {
            "tcp" => String::new(),
            other => format!("/{other}"),
        };
        let (host, inside) = (port.host, port.container);
        option("-p", format!("{address}{host}:{inside}{protocol}"));
    }
    for mount in &request.mounts {
        let access = if mount.read_only { ":ro" } else { "" };
        match mount.kind {
            MountKind::Tmpfs => option("--tmpfs", mount.target.clone()),
            MountKind::Bind | MountKind::Volume => {
                option("-v", format!("{}:{}{access}", mount.source, mount.target));
            }
        }
    }
    for (name, value) in &request.env {
        let shown = if is_secret(name) {
            name.clone()
        } else {
            format!("{name}={value}")
        };
        option("-e", shown);
    }
    for (name, value) in &request.labels {
        option("--label", format!("{name}={value}"));
    }
    option("--network", request.network.clone());
    for alias in &request.aliases {
        option("--network-alias", alias.clone());
    }
    if request.cpu_millis > 0 {
        option("--cpus", cores(request.cpu_millis));
    }
    if request.memory_bytes > 0 {
        option("-m", memory(request.memory_bytes));
    }
    if request.restart != RestartPolicy::No {
        option("--restart", request.restart.word());
    }
    option("-u", request.user.clone());
    option("-w", request.working_dir.clone());
    // Docker's option takes one word; those after it lead the command.
    let mut further: &[String] = &[];
    if let Some(entrypoint) = &request.entrypoint {
        let first = entrypoint.first().cloned().unwrap_or_default();
        words.extend(["--entrypoint".to_owned(), first]);
        further = entrypoint.get(1..).unwrap_or_default();
    }
    words.extend(again.into_iter().flat_map(|again| again.carried.clone()));
    words.push(request.image.clone());
    let image = words.len() - 1;
    words.extend(further.iter().chain(&request.command).cloned());
    let line = CommandLine::new(words);
    match &request.like {
        Some(Like {
            id,
            keep: Keep::Changes,
        }) => line.with_committed(image, id.get(..12).unwrap_or(id)),
        _ => line,
    }
}

/// The largest unit that loses nothing.
fn memory(bytes: u64) -> String {
    [(30, "g"), (20, "m"), (10, "k")]
        .into_iter()
        .find(|(shift, _)| bytes.is_multiple_of(1 << shift))
        .map_or_else(
            || format!("{bytes}b"),
            |(shift, unit)| format!("{}{unit}", bytes >> shift),
        )
}

/// One line until it is unfolded.
#[component]
pub fn Equivalent(form: Form) -> impl IntoView {
    let text = use_text();
    let words = text.run;
    let whole = RwSignal::new(false);
    let command = Memo::new(move |_| {
        let style = form
            .store
            .settings
            .with(|settings| settings.command_style.clone());
        let request = form.request(true);
        let is_named = !request.image.is_empty();
        if is_named {
            let again = form.again.get();
            command_line(&request, again.as_deref()).written(&style)
        } else {
            String::new()
        }
    });
    let label = Signal::derive(move || {
        if whole.get() {
            words.hide_command()
        } else {
            words.show_command()
        }
        .to_owned()
    });
    let symbol = Signal::derive(move || {
        if whole.get() {
            Symbol::ChevronDown
        } else {
            Symbol::ChevronRight
        }
    });
    view! {
        <Show when=move || command.with(|command| !command.is_empty())>
            <div class="eq" data-whole=move || whole.get().then_some("")>
                <IconButton
                    symbol
                    label
                    small=true
                    expanded=Signal::derive(move || Some(whole.get()))
                    on_press=move |_| whole.update(|whole| *whole = !*whole)
                />
                <span class="sm t2 nowrap">{words.equivalent()}</span>
                <code class="grow t2" data-test="run-command">
                    {command}
                </code>
                <CopyButton
                    label=text.common.copy_command()
                    content=move |()| command.get_untracked()
                />
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::{
        Again, Keep, Like, MountKind, RestartPolicy, RunContainer, RunMount, RunPort,
    };

    use super::{command_line, memory};

    fn mount(kind: MountKind, source: &str, target: &str) -> RunMount {
        RunMount {
            kind,
            source: source.to_owned(),
            target: target.to_owned(),
            read_only: kind == MountKind::Bind,
        }
    }

    #[test]
    fn the_command_does_what_the_form_says() {
        let request = RunContainer {
            image: "shop/web:2".to_owned(),
            name: "web".to_owned(),
            command: vec!["sh".to_owned(), "-c".to_owned(), "date; sleep 1".to_owned()],
            env: vec![
                ("TZ".to_owned(), "Asia/Seoul".to_owned()),
                ("SESSION_SECRET".to_owned(), "hush".to_owned()),
            ],
            mounts: vec![
                mount(MountKind::Bind, "/home/a/site", "/srv"),
                mount(MountKind::Tmpfs, "", "/run"),
            ],
            labels: vec![("tier".to_owned(), "web".to_owned())],
            network: "shop".to_owned(),
            aliases: vec!["www".to_owned()],
            memory_bytes: 512 << 20,
            cpu_millis: 1500,
            tty: true,
            auto_remove: true,
            ..RunContainer::default()
        };
        assert_eq!(
            command_line(&request, None).written("docker"),
            "docker run -d -t --rm --name web -v /home/a/site:/srv:ro --tmpfs /run \
             -e TZ=Asia/Seoul -e SESSION_SECRET --label tier=web --network shop --network-alias www --cpus 1.5 -m 512m shop/web:2 sh -c 'date; sleep 1'"
        );
    }

    #[test]
    fn ports_are_written_as_docker_reads_them() {
        let port = |host, protocol: &str, address: &str| RunPort {
            host,
            container: 80,
            protocol: protocol.to_owned(),
            address: address.to_owned(),
        };
        let request = RunContainer {
            image: "web".to_owned(),
            ports: vec![port(8002, "tcp", "127.0.0.1"), port(53, "udp", "")],
            ..RunContainer::default()
        };
        assert_eq!(
            command_line(&request, None).written("docker"),
            "docker run -d -p 127.0.0.1:8002:80 -p 53:80/udp web"
        );
    }

    #[test]
    fn what_is_carried_along_is_said_and_changes_are_committed_first() {
        let again = Again {
            request: RunContainer::default(),
            carried: vec!["--cap-add".to_owned(), "NET_ADMIN".to_owned()],
            left_out: Vec::new(),
            changed_bytes: None,
        };
        let request = RunContainer {
            image: "web".to_owned(),
            entrypoint: Some(vec!["sh".to_owned(), "-c".to_owned()]),
            command: vec!["date".to_owned()],
            restart: RestartPolicy::OnFailure(3),
            user: "app".to_owned(),
            like: Some(Like {
                id: "0123456789abcdef".to_owned(),
                keep: Keep::Changes,
            }),
            ..RunContainer::default()
        };
        assert_eq!(
            command_line(&request, Some(&again)).written("docker"),
            "docker run -d --restart on-failure:3 -u app --entrypoint sh --cap-add NET_ADMIN \
             \"$(docker commit 0123456789ab)\" -c date"
        );
    }

    #[test]
    fn creating_is_another_verb() {
        let request = RunContainer {
            image: "web".to_owned(),
            start: false,
            ..RunContainer::default()
        };
        assert_eq!(
            command_line(&request, None).written("gantry"),
            "gantry create web"
        );
    }

    #[test]
    fn numbers_lose_nothing() {
        assert_eq!(memory(2 << 30), "2g");
        assert_eq!(memory(1_572_864), "1536k");
        assert_eq!(memory(1_000_001), "1000001b");
    }
}

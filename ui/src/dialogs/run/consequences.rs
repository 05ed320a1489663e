//! What a press on Run will do, in plain words; only what is true.

use gantry_view::{MountKind, RestartPolicy, RunContainer};
use leptos::prelude::*;

use super::{
    checks::Chosen,
    form::{Form, Network},
};
use crate::{
    dialogs::limits::cores,
    i18n::{Text, use_text},
    parts::{Icon, IconSize, Symbol},
    state::quoted,
};

/// One consequence.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Effect {
    symbol: Symbol,
    words: String,
    warn: bool,
}

impl Effect {
    fn new(symbol: Symbol, words: impl Into<String>) -> Self {
        Self {
            symbol,
            words: words.into(),
            warn: false,
        }
    }

    fn warn(mut self) -> Self {
        self.warn = true;
        self
    }
}

#[component]
pub fn Consequences(form: Form) -> impl IntoView {
    let text = use_text();
    let effects = Memo::new(move |_| effects(form, text));
    let line = |effect: Effect| {
        let class = if effect.warn {
            "row effect hint--warn"
        } else {
            "row effect"
        };
        view! {
            <li class=class>
                <Icon symbol=effect.symbol size=IconSize::Small />
                <span>{effect.words}</span>
            </li>
        }
    };
    view! {
        <aside class="effects" aria-label=text.run.when_run() data-test="run-effects">
            <h3>{text.run.when_run()}</h3>
            <ul class="col">{move || effects.get().into_iter().map(line).collect_view()}</ul>
        </aside>
    }
}

fn effects(form: Form, text: Text) -> Vec<Effect> {
    let request = form.request(true);
    let mut effects = Vec::new();
    effects.extend(image_effect(form, text));
    effects.extend(program_effect(form, &request, text));
    effects.push(name_effect(&request, text));
    effects.extend(network_effects(form, text));
    effects.extend(mount_effects(form, text));
    effects.extend(limits_effect(&request, text));
    effects.extend(end_effects(&request, text));
    effects
}

fn image_effect(form: Form, text: Text) -> Option<Effect> {
    let words = text.run;
    if form.keeps.get() {
        return Some(Effect::new(
            Symbol::Layers,
            words.effect_keeps(&form.original()),
        ));
    }
    match form.chosen() {
        Chosen::Nothing => None,
        Chosen::Missing => {
            let fault = form
                .image
                .with(|image| words.image_missing_why(image.trim()));
            Some(Effect::new(Symbol::Layers, fault).warn())
        }
        Chosen::Foreign(_) => Some(Effect::new(Symbol::Layers, words.effect_foreign()).warn()),
        Chosen::Here(_) => {
            let said = form.image.with(|image| words.effect_image(image.trim()));
            Some(Effect::new(Symbol::Layers, said))
        }
    }
}

/// The whole command line as it will run: the entry point, then the command.
fn program_effect(form: Form, request: &RunContainer, text: Text) -> Option<Effect> {
    let line = form.detail.with(|detail| {
        let detail = detail.as_ref()?;
        // An entry point of its own drops the image's command.
        let command = if request.command.is_empty() && request.entrypoint.is_none() {
            &detail.cmd
        } else {
            &request.command
        };
        let entrypoint = request.entrypoint.as_ref().unwrap_or(&detail.entrypoint);
        let words: Vec<String> = entrypoint
            .iter()
            .chain(command)
            .map(|word| quoted(word))
            .collect();
        (!words.is_empty()).then(|| words.join(" "))
    })?;
    Some(Effect::new(
        Symbol::Terminal,
        text.run.effect_program(&line),
    ))
}

fn name_effect(request: &RunContainer, text: Text) -> Effect {
    let words = text.run;
    if request.name.is_empty() {
        Effect::new(Symbol::Tag, words.effect_unnamed())
    } else {
        Effect::new(Symbol::Tag, words.effect_named(&request.name))
    }
}

fn network_effects(form: Form, text: Text) -> Vec<Effect> {
    let words = text.run;
    let network = form.network.get();
    match &network {
        Network::None => return vec![Effect::new(Symbol::Network, words.effect_no_network())],
        Network::Default | Network::Own(_) => {
            let joins = match &network {
                Network::Own(name) => words.effect_own_network(name, &form.aliases().join(", ")),
                _ => words.effect_default_network().to_owned(),
            };
            let joins = Effect::new(Symbol::Network, joins);
            let ports = form.published().into_iter().map(|port| {
                if port.address.is_empty() {
                    Effect::new(Symbol::RadioTower, words.effect_port_open(port.host)).warn()
                } else {
                    let (host, inside) = (port.host, port.container);
                    Effect::new(Symbol::Globe, words.effect_port(host, inside))
                }
            });
            return std::iter::once(joins).chain(ports).collect();
        }
        Network::Container(_) => {
            return vec![Effect::new(Symbol::Network, words.network_shared_note())];
        }
        Network::Host => {}
    }
    let ports = form.detail.with(|detail| {
        detail
            .as_ref()
            .map(|detail| detail.exposed_ports.join(", "))
            .unwrap_or_default()
    });
    let opens = (!ports.is_empty())
        .then(|| Effect::new(Symbol::Globe, words.effect_host_ports(&ports)).warn());
    std::iter::once(Effect::new(Symbol::Network, words.effect_host_network()))
        .chain(opens)
        .collect()
}

/// Paths as they were typed, since that is how they are known.
fn mount_effects(form: Form, text: Text) -> Vec<Effect> {
    let words = text.run;
    let mounts = form.typed_mounts().into_iter();
    mounts
        .map(|mount| match (mount.kind, mount.read_only) {
            (MountKind::Bind, true) => {
                Effect::new(Symbol::Folder, words.effect_reads(&mount.source))
            }
            (MountKind::Bind, false) => {
                Effect::new(Symbol::Folder, words.effect_writes(&mount.source)).warn()
            }
            (MountKind::Volume, read_only) => {
                let is_here = form.store.volumes.get(&mount.source).is_some();
                let said = match (is_here, read_only) {
                    (false, _) => words.effect_volume_new(&mount.source),
                    (true, true) => words.effect_volume_reads(&mount.source),
                    (true, false) => words.effect_volume(&mount.source),
                };
                Effect::new(Symbol::Database, said)
            }
            (MountKind::Tmpfs, _) => {
                Effect::new(Symbol::MemoryStick, words.effect_memory(&mount.target))
            }
        })
        .collect()
}

fn limits_effect(request: &RunContainer, text: Text) -> Option<Effect> {
    let words = text.run;
    let cpu = (request.cpu_millis > 0).then(|| words.cores(&cores(request.cpu_millis)));
    let memory = (request.memory_bytes > 0).then(|| text.size(request.memory_bytes));
    let limits: Vec<String> = [cpu, memory].into_iter().flatten().collect();
    (!limits.is_empty()).then(|| {
        Effect::new(
            Symbol::Gauge,
            words.effect_limits(&limits.join(words.and())),
        )
    })
}

fn restart_effect(request: &RunContainer, text: Text) -> Option<Effect> {
    let words = text.run;
    let said = match request.restart {
        RestartPolicy::No => return None,
        RestartPolicy::OnFailure(0) => words.effect_on_failure().to_owned(),
        RestartPolicy::OnFailure(times) => words.effect_on_failures(times),
        RestartPolicy::Always => words.effect_always().to_owned(),
        RestartPolicy::UnlessStopped => words.effect_unless_stopped().to_owned(),
    };
    Some(Effect::new(Symbol::Restart, said))
}

fn end_effects(request: &RunContainer, text: Text) -> Vec<Effect> {
    let words = text.run;
    let mut effects = Vec::new();
    if request.tty {
        effects.push(Effect::new(Symbol::Terminal, words.effect_terminal()));
    }
    if request.open_stdin {
        effects.push(Effect::new(Symbol::Keyboard, words.effect_stdin()));
    }
    effects.extend(restart_effect(request, text));
    effects.push(if request.auto_remove {
        Effect::new(Symbol::Trash, words.effect_goes()).warn()
    } else {
        Effect::new(Symbol::Container, words.effect_stays())
    });
    effects
}

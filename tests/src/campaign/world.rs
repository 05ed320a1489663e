//! What must be there, what may be there, and the comparison with what is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::operation::Operation;
use crate::Engine;

/// Everything that was acknowledged.
pub struct World {
    images: BTreeMap<String, Presence>,
    containers: BTreeMap<String, Container>,
    pullable: Vec<String>,
    made: usize,
}

/// Whether something is there.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Presence {
    Here,
    Gone,
    /// An operation was cut short: either, but wholly.
    Either,
}

/// As `docker ps` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Created,
    Running,
    Paused,
    Exited,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Created, Self::Running, Self::Paused, Self::Exited];

    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "created" => Self::Created,
            "running" => Self::Running,
            "paused" => Self::Paused,
            "exited" => Self::Exited,
            _ => return None,
        })
    }
}

#[derive(Debug)]
struct Container {
    presence: Presence,
    id: String,
    /// One of these, once it is looked at.
    allowed: BTreeSet<Status>,
    /// Its program ends by itself, with code 7.
    ends: bool,
    /// Something else may have ended it.
    disturbed: bool,
}

impl World {
    /// `pullable` are the images that a registry has.
    pub fn new(pullable: Vec<String>) -> Self {
        Self {
            images: BTreeMap::from([("busybox:latest".to_owned(), Presence::Here)]),
            containers: BTreeMap::new(),
            pullable,
            made: 0,
        }
    }

    /// A number for a name that was never used.
    pub fn fresh(&self) -> usize {
        self.made
    }

    /// Names of the images that a registry has.
    pub fn pullable(&self) -> &[String] {
        &self.pullable
    }

    /// Names of the images that are there.
    pub fn images(&self) -> Vec<String> {
        let here = self.images.iter().filter(|(_, p)| **p == Presence::Here);
        here.map(|(name, _)| name.clone()).collect()
    }

    /// Names of the containers that are in one of these states.
    pub fn containers(&self, wanted: &[Status]) -> Vec<String> {
        let fits = |container: &Container| {
            container.presence == Presence::Here
                && container
                    .allowed
                    .iter()
                    .all(|status| wanted.contains(status))
        };
        let found = self.containers.iter().filter(|(_, c)| fits(c));
        found.map(|(name, _)| name.clone()).collect()
    }

    pub fn ids(&self) -> impl Iterator<Item = String> {
        self.containers
            .values()
            .map(|container| container.id.clone())
    }

    /// Notes what an operation did: `acknowledged`, or else perhaps.
    pub fn expect(&mut self, operation: &Operation, acknowledged: bool) {
        self.made += 1;
        let made = if acknowledged {
            Presence::Here
        } else {
            Presence::Either
        };
        match operation {
            Operation::Load(number) => self.arrives(&format!("image-{number}:latest"), made),
            Operation::Pull(name) => self.arrives(name, made),
            Operation::Tag { name, .. } | Operation::Commit { image: name, .. } => {
                self.images.insert(name.clone(), made);
                if let Operation::Commit { container, .. } = operation {
                    self.may_be(container, &[Status::Paused], !acknowledged);
                }
            }
            Operation::Untag(name) => {
                let gone = if acknowledged {
                    Presence::Gone
                } else {
                    Presence::Either
                };
                self.images.insert(name.clone(), gone);
            }
            Operation::Create { name, ends, .. } => {
                let container = Container {
                    presence: made,
                    id: String::new(),
                    allowed: BTreeSet::from([Status::Created]),
                    ends: *ends,
                    disturbed: false,
                };
                self.containers.insert(name.clone(), container);
            }
            Operation::Start(name) => {
                let ends = self.containers[name].ends;
                self.disturb(name, false);
                self.becomes(name, acknowledged, &[Status::Running]);
                self.may_be(name, &[Status::Exited], ends);
            }
            Operation::Stop(name) | Operation::Kill(name) => {
                self.disturb(name, true);
                self.becomes(name, acknowledged, &[Status::Exited]);
            }
            Operation::Pause(name) => self.becomes(name, acknowledged, &[Status::Paused]),
            Operation::Unpause(name) => self.becomes(name, acknowledged, &[Status::Running]),
            Operation::Remove(name) => {
                self.disturb(name, true);
                self.may_be(name, &[Status::Exited], true);
                if let Some(container) = self.containers.get_mut(name) {
                    container.presence = if acknowledged {
                        Presence::Gone
                    } else {
                        Presence::Either
                    };
                }
            }
            Operation::Save(_) => {}
        }
    }

    /// An image came, or perhaps: what is there stays until then.
    fn arrives(&mut self, name: &str, presence: Presence) {
        if presence == Presence::Here || self.images.get(name) != Some(&Presence::Here) {
            self.images.insert(name.to_owned(), presence);
        }
    }

    /// The shim of a container was killed.
    pub fn lost_its_supervisor(&mut self, name: &str) {
        self.disturb(name, true);
        self.may_be(name, &[Status::Exited], true);
    }

    fn disturb(&mut self, name: &str, disturbed: bool) {
        if let Some(container) = self.containers.get_mut(name) {
            container.disturbed = disturbed;
        }
    }

    fn becomes(&mut self, name: &str, surely: bool, states: &[Status]) {
        if let Some(container) = self.containers.get_mut(name) {
            if surely {
                container.allowed.clear();
            }
            container.allowed.extend(states);
        }
    }

    fn may_be(&mut self, name: &str, states: &[Status], so: bool) {
        if so {
            self.becomes(name, false, states);
        }
    }

    /// Looks at everything. What was uncertain is settled by what is there if the engine is `new`;
    /// an old one may still be at work for a client that is gone. Returns the ids of the
    /// containers that run.
    pub fn compare(&mut self, engine: &Engine, new: bool) -> Result<BTreeSet<String>, String> {
        self.compare_images(engine, new)?;
        self.compare_containers(engine, new)
    }

    fn compare_images(&mut self, engine: &Engine, new: bool) -> Result<(), String> {
        let listed = engine.docker(&["images", "--format", "{{.Repository}}:{{.Tag}}"]);
        let listed = listed.ok();
        let there: BTreeSet<&str> = listed
            .lines()
            .filter(|name| !name.contains("<none>"))
            .collect();
        for (name, presence) in &mut self.images {
            let here = there.contains(name.as_str());
            match (*presence, here) {
                (Presence::Here, false) => return Err(format!("the image {name} is lost")),
                (Presence::Gone, true) => return Err(format!("the image {name} is back")),
                _ if !new => {}
                (_, true) => *presence = Presence::Here,
                (_, false) => *presence = Presence::Gone,
            }
        }
        match there.iter().find(|name| !self.images.contains_key(**name)) {
            Some(name) => Err(format!("where does the image {name} come from?")),
            None => Ok(()),
        }
    }

    fn compare_containers(
        &mut self,
        engine: &Engine,
        new: bool,
    ) -> Result<BTreeSet<String>, String> {
        let format = "{{.Names}} {{.ID}} {{.State}}";
        let arguments = ["ps", "--all", "--no-trunc", "--format", format];
        let listed = engine.docker(&arguments).ok();
        let mut there = BTreeMap::new();
        for line in listed.lines() {
            let words: Vec<_> = line.split(' ').collect();
            there.insert(
                words[0].to_owned(),
                (words[1].to_owned(), words[2].to_owned()),
            );
        }
        let mut running = BTreeSet::new();
        for (name, container) in &mut self.containers {
            match (container.presence, there.remove(name)) {
                (Presence::Here, None) => return Err(format!("the container {name} is lost")),
                (Presence::Gone, Some(_)) => return Err(format!("the container {name} is back")),
                (_, None) if new => container.presence = Presence::Gone,
                (_, None) => {}
                (_, Some((id, word))) => {
                    if new {
                        container.presence = Presence::Here;
                    }
                    container.id.clone_from(&id);
                    let status = container.settle(name, &word, engine, new)?;
                    if matches!(status, Status::Running | Status::Paused) {
                        running.insert(id);
                    }
                }
            }
        }
        match there.keys().next() {
            Some(name) => Err(format!("where does the container {name} come from?")),
            None => Ok(running),
        }
    }

    /// Every image can still be written out, and run.
    pub fn read_everything(&self, engine: &Engine) {
        let saved = engine.file("all.tar").display().to_string();
        for name in self.images() {
            engine.docker(&["save", "--output", &saved, &name]).ok();
            let script = "[ ! -e /number ] || [ $(ls /many | wc -l) = 200 ]";
            let words = ["run", "--rm", &name, "sh", "-c", script];
            engine.docker(&words).ok();
        }
    }
}

impl Container {
    /// Takes the state that it is in for the truth, if that may be.
    fn settle(
        &mut self,
        name: &str,
        word: &str,
        engine: &Engine,
        new: bool,
    ) -> Result<Status, String> {
        let status = Status::parse(word)
            .filter(|status| self.allowed.contains(status))
            .ok_or_else(|| {
                let may = &self.allowed;
                format!("the container {name} is {word}; it may be {may:?}")
            })?;
        if status != Status::Created {
            self.check_log(name, status, engine)?;
        }
        // Its supervisor goes on with a stop whose engine is gone.
        let by_itself = status == Status::Running && (self.ends || self.disturbed);
        if new {
            self.allowed = BTreeSet::from([status]);
        }
        self.allowed.extend(by_itself.then_some(Status::Exited));
        Ok(status)
    }

    /// Lines count up from 1, once for each start; what ended by itself said all of them.
    fn check_log(&self, name: &str, status: Status, engine: &Engine) -> Result<(), String> {
        let log = engine.docker(&["logs", name]).ok();
        let mut last = 0;
        for line in log.lines() {
            last = match line.parse::<u64>() {
                Ok(number) if number == last + 1 || number == 1 => number,
                _ => return Err(format!("the log of {name} has {line:?} after {last}")),
            };
        }
        if !self.ends || self.disturbed || status != Status::Exited {
            return Ok(());
        }
        let inspected = engine.docker(&["inspect", name]).ok();
        let inspected: Value = serde_json::from_str(&inspected).map_err(|e| e.to_string())?;
        let code = &inspected[0]["State"]["ExitCode"];
        if *code != 7 || last != 40 {
            return Err(format!(
                "{name} ended with {code} after line {last}: {}",
                inspected[0]["State"]
            ));
        }
        Ok(())
    }
}

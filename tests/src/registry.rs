//! Debian's docker-registry on the loopback, in the forms that people run it in.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    process::Command,
};

use gantry_pack::{Archive, Image, Tree, fixtures};

use crate::{
    Engine, Finished, Running, binaries::unpacked, crooked::Crooked, folder::Folder, skip, wait_for,
};

/// Who may use a registry that asks.
pub const USER: &str = "ann";
pub const PASSWORD: &str = "correct horse: \"battery\"";

/// An image of two layers, the second with a text in `/app`.
pub fn app(text: &str) -> Image {
    let tree = Tree::new().file("app", 0o755, text.as_bytes());
    fixtures::busybox("app:1")
        .unwrap()
        .layer("COPY app", tree)
        .unwrap()
}

/// Settings of an engine that takes another place for Docker Hub's API and its registry.
pub fn hub_settings(hub: &Crooked) -> String {
    format!(
        "[registries]\nhub = \"http://{}\"\nretries = 0\n\
         [registries.hosts.\"docker.io\"]\nmirrors = [\"http://{}\"]\n",
        hub.host(),
        hub.host()
    )
}

/// Starts the engine anew with them.
pub fn with_hub(engine: &Engine, hub: &Crooked) {
    engine.terminate();
    let config = engine.write("config.toml", hub_settings(hub));
    engine.launch_with(&["--config", config.to_str().unwrap()]);
}

/// Bytes that are kept of downloads for the next attempt.
pub fn left(engine: &Engine) -> u64 {
    let entries = fs::read_dir(engine.root().join("partial")).unwrap();
    entries
        .flatten()
        .map(|entry| entry.metadata().map_or(0, |found| found.len()))
        .sum()
}

/// A registry of one test's own; it ends with the value.
pub struct Registry {
    process: Running,
    ip: IpAddr,
    port: u16,
    folder: Folder,
}

/// How it is run.
pub struct Form {
    /// Lines of its configuration.
    pub settings: String,
    /// Lines of the part about HTTP.
    pub http: String,
    /// Where it listens.
    pub ip: IpAddr,
    /// A process whose network it is in.
    pub network_of: Option<u32>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            settings: String::new(),
            http: String::new(),
            ip: Ipv4Addr::LOCALHOST.into(),
            network_of: None,
        }
    }
}

impl Form {
    /// As it is installed: without encryption, for everybody.
    pub fn plain() -> Self {
        Self::default()
    }
}

impl Registry {
    /// A plain one; `None`, and said so, where the package is missing.
    pub fn plain() -> Option<Self> {
        Self::start(|_| Form::plain())
    }

    /// One that wants name and password.
    pub fn with_password() -> Option<Self> {
        Self::start(|folder| {
            let file = folder.join("htpasswd");
            let made = Command::new("htpasswd")
                .args(["-Bbn", USER, PASSWORD])
                .output()
                .expect("htpasswd of apache2-utils");
            fs::write(&file, made.stdout).unwrap();
            Form {
                settings: format!(
                    "auth:\n  htpasswd:\n    realm: here\n    path: {}\n",
                    file.display()
                ),
                ..Form::default()
            }
        })
    }

    /// One in a form that needs files of its own.
    pub fn start(form: impl FnOnce(&Path) -> Form) -> Option<Self> {
        let program = unpacked("docker-registry", "usr/bin/docker-registry");
        if !program.exists() {
            skip("no docker-registry here: ./dev has not unpacked it");
            return None;
        }
        let folder = Folder::new();
        let Form {
            settings,
            http,
            ip,
            network_of,
        } = form(folder.path());
        let config = folder.path().join("config.yml");
        let data = folder.path().join("data");
        let text = format!(
            "version: 0.1\nlog:\n  level: info\nstorage:\n  filesystem:\n    rootdirectory: {}\n  \
             delete:\n    enabled: true\nhttp:\n  addr: {ip}:0\n{http}{settings}",
            data.display()
        );
        fs::write(&config, text).unwrap();
        let mut command = Command::new(&program);
        if let Some(pid) = network_of {
            command = Command::new("nsenter");
            command
                .args(["--net", "--target", &pid.to_string()])
                .arg(&program);
        }
        let mut process = Running::start(command.arg("serve").arg(&config));
        let port = wait_for("the registry to listen", || {
            assert!(!process.has_ended(), "{}", process.err());
            let said = process.err() + &process.out();
            let (_, rest) = said.split_once(&format!("listening on {ip}:"))?;
            let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
            // The line may not have come to its end.
            (rest.len() > digits.len()).then(|| digits.parse().unwrap())
        });
        Some(Self {
            process,
            ip,
            port,
            folder,
        })
    }

    /// Address and port.
    pub fn host(&self) -> String {
        format!("{}:{}", self.ip, self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The name of an image of this registry.
    pub fn name(&self, rest: &str) -> String {
        format!("{}/{rest}", self.host())
    }

    /// Puts an image there with another program; returns its name.
    #[track_caller]
    pub fn hold(&self, rest: &str, image: &Image) -> String {
        self.hold_as(rest, image, &[])
    }

    /// The same with further arguments for `skopeo copy`.
    #[track_caller]
    pub fn hold_as(&self, rest: &str, image: &Image, arguments: &[&str]) -> String {
        let archive = self.folder.path().join("image.tar");
        fs::write(
            &archive,
            Archive::Docker.to_vec(std::slice::from_ref(image)).unwrap(),
        )
        .unwrap();
        let mut copy = Command::new("skopeo");
        copy.args(["copy", "--insecure-policy", "--dest-tls-verify=false"])
            .args(arguments)
            .arg(format!("docker-archive:{}", archive.display()))
            .arg(format!("docker://{}", self.name(rest)));
        Running::start(&mut copy).finish().ok();
        self.name(rest)
    }

    /// Runs `skopeo …` against it.
    #[track_caller]
    pub fn skopeo(&self, arguments: &[&str]) -> Finished {
        Running::start(Command::new("skopeo").args(arguments)).finish()
    }

    /// What was asked of it so far: a line per request.
    pub fn log(&self) -> String {
        self.process.err() + &self.process.out()
    }

    /// How often something was asked for.
    pub fn asked(&self, method: &str, path: &str) -> usize {
        let log = self.log();
        log.lines()
            .filter(|line| line.contains("response completed"))
            .filter(|line| line.contains(&format!("http.request.method={method}")))
            .filter(|line| line.contains(path))
            .count()
    }

    /// Its folder of blobs.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

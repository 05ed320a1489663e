//! Starting an engine that outlives its starter.

use std::env;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::fs::FlockOperation;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::{Place, StartError, own};

/// How long an engine may take until it is ready: it may have to sweep after a crash.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// How an engine ends that finds another one at its place.
const ALREADY_RUNNING: i32 = 75;
/// The most bytes of the log that are quoted.
const LAST_WORDS: u64 = 2048;
/// A log beyond this is begun anew.
const LOG_BYTES: u64 = 4 * 1024 * 1024;

/// The right to start the engine of one place. The lock ends with it.
#[derive(Debug)]
pub(super) struct Starter {
    folder: PathBuf,
    _lock: File,
}

impl Starter {
    /// Waits for the right.
    pub(super) async fn take(place: &Place) -> Result<Self, StartError> {
        let folder = place
            .socket
            .parent()
            .unwrap_or(Path::new("/"))
            .to_path_buf();
        let path = folder.join("start.lock");
        let failed = {
            let path = path.clone();
            move |source| StartError::Place {
                doing: "lock",
                path: path.clone(),
                source,
            }
        };
        let task = tokio::task::spawn_blocking({
            let (folder, socket) = (folder.clone(), place.socket.clone());
            let failed = failed.clone();
            move || -> Result<File, StartError> {
                if !folder.is_dir() {
                    DirBuilder::new()
                        .recursive(true)
                        .mode(0o700)
                        .create(&folder)
                        .map_err(&failed)?;
                }
                own::check_folders(&socket)?;
                let lock = own::open_file(OpenOptions::new().write(true), &path);
                let lock = lock.map_err(&failed)?;
                let locked = rustix::fs::flock(&lock, FlockOperation::LockExclusive);
                locked.map_err(|error| failed(error.into()))?;
                Ok(lock)
            }
        });
        let lock = match task.await {
            Ok(lock) => lock?,
            Err(error) => return Err(failed(std::io::Error::other(error))),
        };
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// Starts the engine and waits until it is ready.
    pub(super) async fn start(&self, place: &Place) -> Result<(), StartError> {
        let (log, began) = self.log().map_err(|source| StartError::Place {
            doing: "open",
            path: self.log_path(),
            source,
        })?;
        let program = program()?;
        let mut command = Command::new(&program);
        command.args(["engine", "--session"]);
        place.name_to(&mut command);
        let child = command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .map_err(|source| StartError::Spawn { program, source })?;
        let last_words = || self.last_words(began);
        match tokio::time::timeout(READY_WITHIN, ready(child)).await {
            Ok(Ready::Yes) => Ok(()),
            Ok(Ready::Ended(Some(ALREADY_RUNNING))) => Err(StartError::AlreadyRunning {
                last_words: last_words(),
            }),
            Ok(Ready::Ended(_)) => Err(StartError::Failed {
                last_words: last_words(),
            }),
            Err(_) => Err(StartError::TooSlow {
                seconds: READY_WITHIN.as_secs(),
                last_words: last_words(),
            }),
        }
    }

    fn log_path(&self) -> PathBuf {
        self.folder.join("engine.log")
    }

    /// The log that the engine writes to, and where its part begins.
    fn log(&self) -> std::io::Result<(File, u64)> {
        let mut log = own::open_file(OpenOptions::new().append(true), &self.log_path())?;
        if log.metadata()?.len() > LOG_BYTES {
            log.set_len(0)?;
        }
        let began = log.seek(SeekFrom::End(0))?;
        Ok((log, began))
    }

    /// What the engine wrote since then, at most the end of it.
    fn last_words(&self, began: u64) -> String {
        let read = || -> std::io::Result<Vec<u8>> {
            let mut log = File::open(self.log_path())?;
            let end = log.metadata()?.len();
            log.seek(SeekFrom::Start(began.max(end.saturating_sub(LAST_WORDS))))?;
            let mut words = Vec::new();
            log.read_to_end(&mut words)?;
            Ok(words)
        };
        match read() {
            Ok(words) => String::from_utf8_lossy(&words).trim().to_owned(),
            Err(error) => format!("{}: {error}", self.log_path().display()),
        }
    }
}

enum Ready {
    Yes,
    /// With its exit code, unless a signal ended it.
    Ended(Option<i32>),
}

async fn ready(mut child: Child) -> Ready {
    if let Some(stdout) = child.stdout.take() {
        let mut lines = BufReader::new(stdout).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if line.trim() == "ready" {
                return Ready::Yes;
            }
        }
    }
    Ready::Ended(child.wait().await.ok().and_then(|status| status.code()))
}

/// The `gantry` program: this one, the one beside this one, or the one in the PATH.
pub(super) fn program() -> Result<PathBuf, StartError> {
    const NAME: &str = "gantry";
    if let Ok(own) = env::current_exe() {
        if own.file_name().is_some_and(|name| name == NAME) {
            return Ok(own);
        }
        // Tests lie one folder below the programs.
        let folders = own.ancestors().skip(1).take(2);
        for candidate in folders.map(|folder| folder.join(NAME)) {
            if candidate.is_file() {
                return Ok(candidate);
            }
        }
    }
    env::var_os("PATH")
        .and_then(|path| {
            env::split_paths(&path)
                .map(|folder| folder.join(NAME))
                .find(|candidate| candidate.is_file())
        })
        .ok_or(StartError::NoProgram)
}

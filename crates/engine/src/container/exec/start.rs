//! From a start to the exit code.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use gantry_runtime::{ProcessIdentity, TerminalSize};
use gantry_shim::protocol::{Attach, Event, FromShim, PacketError, Request, Status};
use gantry_shim::{EXIT_FILE, ExitRecord};
use gantry_wire::ExecStart;
use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, oneshot};

use super::{Ask, Exec, Stage, bundle, keys, not_running};
use crate::container::failure::exec_failed;
use crate::container::folder::Folder;
use crate::container::link::Link;
use crate::container::record::View;
use crate::container::registry::Handle;
use crate::container::search::Search;
use crate::container::{detach, signal};
use crate::core::{Core, blocking, to_the_end, with_core};
use crate::request::ClientSocket;
use crate::{Error, Result, shim};

/// How its supervisor calls the one client that it has.
const CLIENT: u64 = 1;

/// The right to start one; dropped unused it is given back.
#[derive(Debug)]
pub struct Execution {
    /// The stream is raw, without Docker's frames.
    pub tty: bool,
    /// Nobody watches it.
    pub detach: bool,
    core: Arc<Core>,
    exec: Arc<Exec>,
    container: Handle,
    size: Option<TerminalSize>,
}

/// Why one does not run. While its supervisor is connected, that keeps the client's stream open.
struct Failed {
    error: Error,
    link: Option<Link>,
}

impl Drop for Execution {
    fn drop(&mut self) {
        let mut stage = self.exec.stage();
        if matches!(*stage, Stage::Starting) {
            *stage = Stage::Created;
        }
    }
}

impl Execution {
    pub(super) fn new(
        core: Arc<Core>,
        exec: Arc<Exec>,
        container: Handle,
        start: ExecStart,
    ) -> Self {
        let size = start
            .console_size
            .filter(|size| size.iter().all(|n| *n > 0));
        Self {
            tty: exec.config.tty,
            detach: start.detach,
            core,
            exec,
            container,
            size: size.map(|[rows, columns]| TerminalSize { rows, columns }),
        }
    }

    /// Starts it for a client. Why it did not start the client is told in its stream, as by Docker.
    pub async fn connect(self, client: ClientSocket) -> Result<()> {
        let Err(Failed { error, link }) = self.launch(Some(&client)).await else {
            return Ok(());
        };
        let text = format!("{error}\r\n");
        let socket = std::os::unix::net::UnixStream::from(client.fd);
        let told = async {
            let mut socket = tokio::net::UnixStream::from_std(socket)?;
            if !self.tty {
                socket.write_all(&frame(text.len())).await?;
            }
            socket.write_all(text.as_bytes()).await
        };
        if let Err(error) = told.await {
            tracing::debug!(%error, "a client left before it was told");
        }
        drop(link);
        Err(error)
    }

    /// Starts it for nobody.
    pub async fn run(self) -> Result<()> {
        let launch = async move { self.launch(None).await.map_err(|failed| failed.error) };
        to_the_end(launch).await
    }

    async fn launch(&self, client: Option<&ClientSocket>) -> Result<(), Failed> {
        let view = self.container.now();
        self.exec.event(&self.core, &view, "exec_start");
        let folder = Folder::new(&self.core.host.paths().containers(), view.id());
        let failed = match self.supervise(&view, &folder).await {
            Err(error) => Failed { error, link: None },
            Ok(mut link) => match self.go(&mut link, client).await {
                Ok(process) => {
                    let path = self.exec.folder(&folder);
                    let (core, exec) = (&self.core, &self.exec);
                    listen(core, exec, &self.container, path, Some(link), process.pid);
                    return Ok(());
                }
                Err(error) => Failed {
                    error,
                    link: Some(link),
                },
            },
        };
        *self.exec.stage() = ended(match &failed.error {
            Error::StartFailed(failure) => failure.exit_code,
            _ => 126,
        });
        forget(self.exec.folder(&folder)).await;
        Err(failed)
    }

    /// Starts its supervisor.
    async fn supervise(&self, view: &Arc<View>, folder: &Folder) -> Result<Link> {
        let first = view.state.process.clone();
        let first = first.ok_or_else(|| not_running(view))?;
        let (exec, view, folder) = (Arc::clone(&self.exec), Arc::clone(view), folder.clone());
        let shim = with_core(&self.core, move |core| {
            let (path, socket) = bundle::write(core, &view, &folder, first, &exec)?;
            Ok((shim::spawn(core, &path)?, socket))
        });
        let (shim, socket) = shim.await?;
        let link = Link::to_new(shim).await;
        link.map_err(|error| {
            // Where it had come so far; the folder goes with all that is in it.
            let _ = std::fs::remove_file(socket);
            match error {
                PacketError::Io(error) if error.kind() == io::ErrorKind::TimedOut => {
                    self.broke("it did not greet in time, and was ended")
                }
                error => self.broke(error),
            }
        })
    }

    async fn go(&self, link: &mut Link, client: Option<&ClientSocket>) -> Result<ProcessIdentity> {
        let broke = |error| self.broke(error);
        if let Some(client) = client {
            link.attach(self.attach()?, client).await.map_err(broke)?;
        }
        if let Some(size) = self.size.filter(|_| self.tty) {
            let resize = Request::Resize(size);
            link.request(resize, &[]).await.map_err(broke)?;
        }
        let started = link.start(|_| {}).await.map_err(broke)?;
        started.map_err(|refusal| match refusal.failure {
            Some(found) => exec_failed(&found, &self.exec.config),
            None => self.broke(refusal.message),
        })
    }

    fn broke(&self, what: impl std::fmt::Display) -> Error {
        Error::Supervisor {
            container: self.exec.container.as_str().to_owned(),
            message: what.to_string(),
        }
    }

    fn attach(&self) -> Result<Attach> {
        let config = &self.exec.config;
        let keys = if config.tty && !config.hang_up {
            detach::parse(keys(config))?
        } else {
            Vec::new()
        };
        Ok(Attach {
            client: CLIENT,
            stdin: config.attach_stdin,
            stdout: config.attach_stdout,
            stderr: config.attach_stderr,
            framed: !config.tty,
            detach_keys: keys,
            leftover: false,
            // Should it not start, the stream is ours to say why.
            held: true,
            hang_up: config.hang_up,
        })
    }
}

/// The header of a piece of standard output.
fn frame(length: usize) -> [u8; 8] {
    let length = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let mut header = [1, 0, 0, 0, 0, 0, 0, 0];
    header[4..].copy_from_slice(&length);
    header
}

pub(super) fn ended(code: i32) -> Stage {
    Stage::Ended {
        code,
        at: Instant::now(),
    }
}

/// From here on a task hears what its supervisor says, or looks for that. The client is served by
/// it: whoever has seen the end of the stream can ask for the exit code.
pub(super) fn listen(
    core: &Arc<Core>,
    exec: &Arc<Exec>,
    container: &Handle,
    folder: PathBuf,
    link: Option<Link>,
    pid: i32,
) {
    let (asks, mut asked) = mpsc::channel(16);
    *exec.stage() = Stage::Running { pid, asks };
    let (core, exec, container) = (Arc::clone(core), Arc::clone(exec), container.clone());
    tokio::spawn(async move {
        // Whoever asks is answered when these go, and then the stage must be the last one.
        let mut settling = Vec::new();
        let record = supervised(&folder, link, &mut asked, &mut settling).await;
        let record = match record {
            Some(record) => Some(record),
            None => read_record(folder.join(EXIT_FILE)).await,
        };
        // Without a record its supervisor was killed, and it with that.
        let code = record.map_or(128 + signal::SIGKILL, |record| record.code);
        *exec.stage() = ended(code);
        drop((asked, settling));
        let extra = [("execID", exec.id.clone()), ("exitCode", code.to_string())];
        core.container_event(&container.now(), "exec_die", &extra);
        forget(folder).await;
    });
}

/// Whoever waits for what was said before a request's answer.
type Settling = Vec<(u64, oneshot::Sender<()>)>;

/// Listens until it has ended; `None` where the supervisor is gone without a word.
async fn supervised(
    folder: &Path,
    mut link: Option<Link>,
    asked: &mut mpsc::Receiver<Ask>,
    settling: &mut Settling,
) -> Option<ExitRecord> {
    loop {
        let connected = match link.take() {
            Some(link) => link,
            None => match Search::of(folder).result().await? {
                (_, Status { exit, .. }) if exit.is_some() => return exit,
                (link, _) => link,
            },
        };
        if let Some(record) = hear(connected, asked, settling).await {
            return Some(record);
        }
        // The answers are lost with the connection; who waited looks without.
        settling.clear();
    }
}

/// Listens until it has ended, or until the connection breaks.
async fn hear(
    mut link: Link,
    asked: &mut mpsc::Receiver<Ask>,
    settling: &mut Settling,
) -> Option<ExitRecord> {
    // A client that has left already needs nothing, and then nor does its supervisor.
    let _ = link.request(Request::Serve { client: CLIENT }, &[]).await;
    loop {
        tokio::select! {
            message = link.next() => match message {
                Ok(FromShim::Event(Event::Exited { record })) => return Some(record),
                Ok(FromShim::Reply { number, .. }) => {
                    settling.retain(|(waits, _)| *waits > number);
                }
                Ok(_) => {}
                Err(_) => return None,
            },
            Some(ask) = asked.recv() => match ask {
                // A broken connection is heard as an end right after.
                Ask::Resize(size) => {
                    let _ = link.request(Request::Resize(size), &[]).await;
                }
                Ask::Settle(settled) => {
                    if let Ok(number) = link.request(Request::Status, &[]).await {
                        settling.push((number, settled));
                    }
                }
            },
        }
    }
}

async fn read_record(path: PathBuf) -> Option<ExitRecord> {
    let read = blocking(move || ExitRecord::read(&path).map_err(Error::io("read", &path)));
    read.await.ok().flatten()
}

/// Its folder has told everything.
async fn forget(folder: PathBuf) {
    let gone = tokio::task::spawn_blocking(move || std::fs::remove_dir_all(folder)).await;
    if let Ok(Err(error)) = gone
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the folder of a process that has ended stays");
    }
}

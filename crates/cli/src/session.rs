//! Our terminal or pipes connected to a container, until one side has enough.

use std::future::Future;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;

use bytes::BytesMut;
use clap::Args;
use gantry_client::{AttachOptions, Attached, Client, Demultiplexer, Error, LogChunk, Output};
use gantry_wire::WaitResponse;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::oneshot;

use crate::detach::DetachKeys;
use crate::exit::Exit;
use crate::terminal::ChangedTerminal;
use crate::{signals, streams};

/// How whoever is connected leaves, and what goes on to the container.
#[derive(Debug, Clone, Args)]
pub(crate) struct SessionArgs {
    /// Keys that detach from the container
    #[arg(long, value_name = "KEYS")]
    pub(crate) detach_keys: Option<String>,
    /// Forward signals to the container
    #[arg(
        long,
        value_name = "BOOL",
        default_value_t = true,
        num_args = 0..=1,
        default_missing_value = "true",
        require_equals = true
    )]
    pub(crate) sig_proxy: bool,
}

/// What is connected, and how.
#[derive(Debug, Clone)]
pub(crate) struct SessionOptions {
    pub(crate) tty: bool,
    pub(crate) stdin: bool,
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
    pub(crate) detach_keys: Option<String>,
    pub(crate) forward_signals: bool,
}

/// Whose streams they are, by id.
#[derive(Debug, Clone)]
pub(crate) enum Whose {
    Container(String),
    /// A further process of a container.
    Exec(String),
}

/// A connection that is open but not yet used: the container may be started now.
pub(crate) struct Session<'a> {
    client: &'a Client,
    whose: Whose,
    options: SessionOptions,
    attached: Attached,
}

impl<'a> Session<'a> {
    /// Attaches to a container, running or not.
    pub(crate) async fn open(
        client: &'a Client,
        id: &str,
        options: SessionOptions,
    ) -> Result<Self, Error> {
        let attached = client
            .attach(
                id,
                &AttachOptions {
                    stdin: options.stdin,
                    stdout: options.stdout,
                    stderr: options.stderr,
                    logs: false,
                    detach_keys: options.detach_keys.clone(),
                },
            )
            .await?;
        Ok(Self {
            client,
            whose: Whose::Container(id.to_owned()),
            options,
            attached,
        })
    }

    /// With the streams of a further process of a container.
    pub(crate) fn of_exec(
        client: &'a Client,
        id: &str,
        options: SessionOptions,
        attached: Attached,
    ) -> Self {
        Self {
            client,
            whose: Whose::Exec(id.to_owned()),
            options,
            attached,
        }
    }

    /// Moves bytes until the container ends or the user detaches; ends with its exit code.
    pub(crate) async fn run(
        self,
        exit: impl Future<Output = Result<WaitResponse, Error>>,
    ) -> anyhow::Result<()> {
        let options = self.options;
        let on_terminal = options.tty && io::stdin().is_terminal();
        let keys = if on_terminal && options.stdin {
            Some(DetachKeys::parse(options.detach_keys.as_deref())?)
        } else {
            None
        };
        let raw = if keys.is_some() {
            ChangedTerminal::enter()?
        } else {
            None
        };
        let _resizing = if options.tty && io::stdout().is_terminal() {
            Some(signals::follow_size(self.client, &self.whose)?)
        } else {
            None
        };
        let _forwarding = match &self.whose {
            Whose::Container(id) if options.forward_signals => {
                Some(signals::forward(self.client, id)?)
            }
            _ => None,
        };
        let (reader, writer) = self.attached.stream.into_split();
        let (detached, detaches) = oneshot::channel();
        let input = tokio::spawn(async move {
            if options.stdin {
                send(writer, keys, detached).await;
            } else {
                // Neither may end before the output does.
                std::future::pending::<()>().await;
                drop((writer, detached));
            }
        });
        let output = async {
            receive(reader, &self.attached.leftover, options.tty).await?;
            Ok::<_, anyhow::Error>(exit.await?)
        };
        let ended = tokio::select! {
            ended = output => Some(ended?),
            Ok(()) = detaches => None,
        };
        input.abort();
        drop(raw);
        let Some(ended) = ended else {
            eprintln!("read escape sequence");
            return Ok(());
        };
        finish(ended)
    }
}

fn finish(ended: WaitResponse) -> anyhow::Result<()> {
    if let Some(error) = ended.error.filter(|error| !error.message.is_empty()) {
        return Err(Exit::with(125, error.message).into());
    }
    match ended.status_code {
        0 => Ok(()),
        code => Err(Exit::silent(u8::try_from(code).unwrap_or(125)).into()),
    }
}

/// Our stdin to the container's; its end is passed on.
async fn send(mut writer: OwnedWriteHalf, keys: Option<DetachKeys>, detached: oneshot::Sender<()>) {
    let passed = keys.is_none() && pass(&writer).await;
    if !passed && copy(&mut writer, keys).await == Input::Detached {
        // Whoever waits for this has ended when it fails.
        let _ = detached.send(());
        return;
    }
    // The container may have closed its end already.
    let _ = writer.shutdown().await;
    // A dropped sender would read as "detached".
    std::future::pending::<()>().await;
    drop(detached);
}

/// How input ended.
#[derive(Debug, PartialEq, Eq)]
enum Input {
    Over,
    Detached,
}

/// Sends what need not be looked at; false where it cannot be done like this.
async fn pass(writer: &OwnedWriteHalf) -> bool {
    match writer.as_ref().as_fd().try_clone_to_owned() {
        Ok(socket) => streams::pass_stdin(socket).await.unwrap_or(true),
        Err(_) => false,
    }
}

async fn copy(writer: &mut OwnedWriteHalf, mut keys: Option<DetachKeys>) -> Input {
    let mut stdin = streams::stdin();
    while let Some(read) = stdin.recv().await {
        let sent = match &mut keys {
            None => writer.write_all(&read).await,
            Some(keys) => match keys.filter(&read) {
                Some(passed) => writer.write_all(&passed).await,
                None => return Input::Detached,
            },
        };
        if sent.is_err() {
            break;
        }
    }
    Input::Over
}

/// The container's output to ours, until it ends.
async fn receive(mut reader: OwnedReadHalf, leftover: &[u8], tty: bool) -> anyhow::Result<()> {
    let mut demultiplexer = (!tty).then(Demultiplexer::default);
    let mut buffer = BytesMut::from(leftover);
    loop {
        let piece = buffer.split();
        match &mut demultiplexer {
            None => streams::write(&LogChunk {
                output: Output::Stdout,
                bytes: piece.freeze(),
            })?,
            Some(demultiplexer) => {
                demultiplexer.feed(piece);
                while let Some(chunk) = demultiplexer.take()? {
                    streams::write(&chunk)?;
                }
            }
        }
        buffer.reserve(64 * 1024);
        match reader.read_buf(&mut buffer).await {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            // The container is gone with bytes of ours that it never read.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

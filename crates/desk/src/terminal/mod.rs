//! Terminals: programs in containers that a person types into.
//!
//! A session is a subscription ([`open`]): [`program`] starts what runs in it, and its output is
//! passed on as [`text`]. What is typed comes as calls that name the session ([`Terminals`]).

mod program;
mod sessions;
mod text;

use futures_util::Stream;
use gantry_view::{
    Failure, OpenTerminal, ResizeTerminal, TerminalItem, TerminalShown, ToolboxImages,
    TypeInTerminal, Typed,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::unix::OwnedReadHalf,
    sync::watch,
};

use crate::{
    Desk,
    failure::failure,
    items::{Items, items},
};
use program::Started;
pub(crate) use sessions::Terminals;
use sessions::{Session, Whose};
use text::Decoder;

/// One read of output.
const PIECE: usize = 32 * 1024;

/// So much output is under way before the screen must have shown some of it.
const AHEAD: u64 = 1 << 20;

pub(crate) fn open(
    desk: &Desk,
    request: OpenTerminal,
) -> impl Stream<Item = Result<TerminalItem, Failure>> + Send + 'static {
    let desk = desk.clone();
    items(async move |items| {
        let client = desk.link().client().await?;
        let started = program::start(&client, &request).await?;
        let Started {
            attached,
            command,
            whose,
            end,
            leaving: _leaving,
        } = started;
        let (reader, writer) = attached.stream.into_split();
        let place = desk.terminals().add(Session::new(whose, writer));
        let session = place.number;
        items.send(TerminalItem::Opened { session, command }).await;
        let shown = place.session.shown.subscribe();
        pass_on(reader, &attached.leftover, shown, &items).await;
        let code = end.code(&client).await;
        items.send(TerminalItem::Ended { code }).await;
        Ok(())
    })
}

/// Passes output on until there is no more.
async fn pass_on(
    mut reader: OwnedReadHalf,
    leftover: &[u8],
    mut shown: watch::Receiver<u64>,
    items: &Items<TerminalItem>,
) {
    let mut decoder = Decoder::default();
    let mut buffer = vec![0; PIECE];
    let mut sent = 0;
    let mut text = decoder.take(leftover);
    loop {
        if !text.is_empty() {
            sent += text.len() as u64;
            items.send(TerminalItem::Output(text)).await;
        }
        // Who reports lives as long as the session.
        let _ = shown
            .wait_for(|shown| sent.saturating_sub(*shown) < AHEAD)
            .await;
        // A program that is gone with bytes of ours unread resets the connection.
        let Ok(count @ 1..) = reader.read(&mut buffer).await else {
            return;
        };
        text = decoder.take(&buffer[..count]);
    }
}

pub(crate) async fn type_in(desk: &Desk, request: TypeInTerminal) -> Result<(), Failure> {
    let session = desk.terminals().find(request.session)?;
    let bytes = match request.typed {
        Typed::Text(text) => text.into_bytes(),
        Typed::Bytes(bytes) => bytes,
    };
    // A program that has ended reads nothing; the session tells of that itself.
    let _ = session.writer.lock().await.write_all(&bytes).await;
    Ok(())
}

pub(crate) async fn resize(desk: &Desk, request: ResizeTerminal) -> Result<(), Failure> {
    let session = desk.terminals().find(request.session)?;
    let client = desk.link().client().await?;
    let (rows, columns) = (request.rows, request.columns);
    match &session.whose {
        Whose::Exec(id) => client.resize_exec(id, rows, columns).await,
        Whose::Container(id) => client.resize(id, rows, columns).await,
    }
    .map_err(failure)
}

#[allow(clippy::unused_async)] // Every call is asynchronous.
pub(crate) async fn shown(desk: &Desk, request: TerminalShown) -> Result<(), Failure> {
    let session = desk.terminals().find(request.session)?;
    session.shown.send_replace(request.bytes);
    Ok(())
}

/// The images that a debug shell can come from.
pub(crate) async fn toolbox_images(desk: &Desk, _: ToolboxImages) -> Result<Vec<String>, Failure> {
    let client = desk.link().client().await?;
    client.images_with_shell().await.map_err(failure)
}

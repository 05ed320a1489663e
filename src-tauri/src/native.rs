//! The calls that only a desktop can answer.

use std::path::PathBuf;

use gantry_view::{
    Call, Failure, OpenUrl, PickFiles, PickSavePath, RevealPath, WindowAction, WindowControl,
};
use serde::{Serialize, de::DeserializeOwned};
use tauri::{Manager, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

use crate::feed::texts;

/// Answers a call of this module; `None` for every other.
pub(crate) async fn call(
    window: &WebviewWindow,
    name: &str,
    body: &[u8],
) -> Option<Result<Vec<u8>, Failure>> {
    Some(match name {
        PickFiles::NAME => reply(pick_files(window, parse(body)).await),
        PickSavePath::NAME => reply(pick_save_path(window, parse(body)).await),
        OpenUrl::NAME => reply(parse(body).and_then(|request| open_url(window, request))),
        RevealPath::NAME => reply(reveal(window, parse(body)).await),
        WindowControl::NAME => reply(parse(body).and_then(|request| control(window, request))),
        _ => return None,
    })
}

async fn pick_files(
    window: &WebviewWindow,
    request: Result<PickFiles, Failure>,
) -> Result<Vec<String>, Failure> {
    let (answer, chosen) = oneshot::channel();
    dialog(window, &request?.title).pick_files(move |files| {
        let _ = answer.send(files);
    });
    // A dialog that was never answered was closed.
    let files = chosen.await.ok().flatten().unwrap_or_default();
    Ok(texts(files.into_iter().filter_map(path)))
}

async fn pick_save_path(
    window: &WebviewWindow,
    request: Result<PickSavePath, Failure>,
) -> Result<Option<String>, Failure> {
    let request = request?;
    let (answer, chosen) = oneshot::channel();
    dialog(window, &request.title)
        .set_file_name(request.suggested)
        .save_file(move |file| {
            let _ = answer.send(file);
        });
    let path = chosen.await.ok().flatten().and_then(path);
    Ok(texts(path).pop())
}

fn dialog(window: &WebviewWindow, title: &str) -> FileDialogBuilder<tauri::Wry> {
    let dialog = window.dialog().file().set_title(title);
    dialog.set_parent(window)
}

fn path(file: FilePath) -> Option<PathBuf> {
    file.into_path().ok()
}

/// Only pages of the web: `file:` and other schemes could start programs.
fn open_url(window: &WebviewWindow, request: OpenUrl) -> Result<(), Failure> {
    if !request.url.starts_with("http://") && !request.url.starts_with("https://") {
        return Err(Failure::new(
            "bad-request",
            "only http and https are opened",
        ));
    }
    let opened = window.opener().open_url(&request.url, None::<&str>);
    opened.map_err(|error| Failure::new("no-browser", error.to_string()).with("url", &request.url))
}

async fn reveal(
    window: &WebviewWindow,
    request: Result<RevealPath, Failure>,
) -> Result<(), Failure> {
    let path = request?.path;
    let app = window.app_handle().clone();
    let shown = tauri::async_runtime::spawn_blocking({
        let path = path.clone();
        // Asks the file manager over the session bus and waits for it.
        move || app.opener().reveal_item_in_dir(path)
    });
    let raw = match shown.await {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    Err(Failure::new("no-file-manager", raw).with("path", path))
}

fn control(window: &WebviewWindow, request: WindowControl) -> Result<(), Failure> {
    let done = match request.action {
        WindowAction::Minimize => window.minimize(),
        WindowAction::ToggleMaximize => match window.is_maximized() {
            Ok(true) => window.unmaximize(),
            _ => window.maximize(),
        },
        WindowAction::Close => window.close(),
        WindowAction::Quit => {
            window.app_handle().exit(0);
            Ok(())
        }
    };
    done.map_err(|error| Failure::new("internal", error.to_string()))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| Failure::new("bad-request", error.to_string()))
}

fn reply<T: Serialize>(reply: Result<T, Failure>) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(&reply?).map_err(|error| Failure::new("internal", error.to_string()))
}

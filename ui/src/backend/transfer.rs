//! Whole files between a browser and `gantry web`. The desktop app names paths instead.

use gantry_view::{Compression, ExportFormat, Failure, FilesOf};
use js_sys::{Uint8Array, encode_uri_component};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, HtmlAnchorElement, RequestInit, Response, Url};

use super::{failure_from, transport};

/// A file that the browser sends to be imported.
pub struct Upload(pub File);

/// Sends a file and imports it; the reply is the task, which shows its progress from the start.
pub async fn upload(Upload(file): Upload) -> Result<String, Failure> {
    let (name, size) = (encode_uri_component(&file.name()), file.size());
    put(&format!("upload?name={name}&size={size}"), &file).await
}

/// Sends a tar, of which a new volume is made; the reply is the task, which has ended then.
pub async fn upload_volume(volume: &str, Upload(file): Upload) -> Result<String, Failure> {
    let (volume, size) = (encode_uri_component(volume), file.size());
    put(&format!("upload?restore={volume}&size={size}"), &file).await
}

/// Where a new file of a container or a volume is sent to.
pub(super) fn place_of(of: &FilesOf, path: &str) -> String {
    format!("upload?{}&path={}", whose(of), encode_uri_component(path))
}

fn whose(of: &FilesOf) -> String {
    let (key, name) = match of {
        FilesOf::Container(id) => ("container", id),
        FilesOf::Volume(name) => ("volume", name),
    };
    format!("{key}={}", encode_uri_component(name))
}

/// What is in a file that a browser holds.
pub async fn content(file: &File) -> Result<Vec<u8>, Failure> {
    let content = JsFuture::from(file.array_buffer()).await;
    Ok(Uint8Array::new(&content.map_err(transport)?).to_vec())
}

async fn put<T: DeserializeOwned>(url: &str, file: &File) -> Result<T, Failure> {
    let init = RequestInit::new();
    init.set_method("PUT");
    init.set_body(file);
    let window = web_sys::window().ok_or_else(|| transport("no window"))?;
    let answer: Response = JsFuture::from(window.fetch_with_str_and_init(url, &init))
        .await
        .map_err(transport)?
        .unchecked_into();
    let body = JsFuture::from(answer.array_buffer().map_err(transport)?)
        .await
        .map_err(transport)?;
    let body = Uint8Array::new(&body).to_vec();
    if answer.ok() {
        serde_json::from_slice(&body).map_err(transport)
    } else {
        Err(failure_from(&body))
    }
}

/// What a browser can take home as a file.
pub enum Download<'a> {
    Images {
        /// What to call the file.
        name: &'a str,
        references: &'a [String],
        format: ExportFormat,
        compression: Compression,
    },
    File {
        image: &'a str,
        layer: u32,
        whole: bool,
        path: &'a str,
    },
    Log {
        container: &'a str,
        timestamps: bool,
    },
    /// A volume's files in a tar.
    Volume { name: &'a str },
    /// A file of a container or a volume, or a folder of it in a tar.
    Path {
        of: &'a FilesOf,
        path: &'a str,
        folder: bool,
    },
}

impl Download<'_> {
    fn url(&self) -> String {
        match self {
            Self::Images {
                name,
                references,
                format,
                compression,
            } => {
                let mut images = String::new();
                for reference in *references {
                    images.push_str("&image=");
                    images.push_str(&String::from(encode_uri_component(reference)));
                }
                let (format, compression) = (word(format), word(compression));
                let name = encode_uri_component(name);
                format!(
                    "download?kind=images&name={name}{images}&format={format}&compression={compression}"
                )
            }
            Self::File {
                image,
                layer,
                whole,
                path,
            } => {
                let (image, path) = (encode_uri_component(image), encode_uri_component(path));
                format!("download?kind=file&image={image}&layer={layer}&whole={whole}&path={path}")
            }
            Self::Log {
                container,
                timestamps,
            } => format!("download?kind=log&id={container}&timestamps={timestamps}"),
            Self::Path { of, path, folder } => {
                let (of, path) = (whose(of), encode_uri_component(path));
                format!("download?kind=path&{of}&path={path}&folder={folder}")
            }
            Self::Volume { name } => format!("download?kind=volume&name={name}"),
        }
    }
}

/// A unit variant as serde writes it, without the quotes.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value)
        .unwrap_or_default()
        .trim_matches('"')
        .to_owned()
}

/// Lets the browser save a file, the way a press on a link would.
pub fn download(what: &Download<'_>) -> Result<(), Failure> {
    press_link(&what.url(), "")
}

/// Lets the browser save a text that the page itself has.
pub fn download_text(name: &str, text: &str) -> Result<(), Failure> {
    let parts = js_sys::Array::of1(&text.into());
    let blob = Blob::new_with_str_sequence(&parts).map_err(transport)?;
    let url = Url::create_object_url_with_blob(&blob).map_err(transport)?;
    let pressed = press_link(&url, name);
    // The browser has begun to read it.
    let _ = Url::revoke_object_url(&url);
    pressed
}

fn press_link(url: &str, name: &str) -> Result<(), Failure> {
    let document = web_sys::window()
        .and_then(|window| window.document())
        .ok_or_else(|| transport("no document"))?;
    let link: HtmlAnchorElement = document
        .create_element("a")
        .map_err(transport)?
        .unchecked_into();
    link.set_href(url);
    link.set_download(name);
    link.click();
    Ok(())
}

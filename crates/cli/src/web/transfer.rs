//! Files on their way into the engine and out of it.

use axum::{
    body::Body,
    extract::{Query, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::TryStreamExt;
use gantry_desk::{Desk, Download};
use gantry_view::{Compression, ExportFormat, Failure, FilesOf};
use serde::de::DeserializeOwned;

use super::reply;

/// `PUT /upload?name=FILE&size=BYTES`: imports the body; answers with the task's id.
/// `PUT /upload?restore=VOLUME&size=BYTES`: makes a new volume of the body; likewise.
/// `PUT /upload?container=ID&path=PATH`, or `volume=NAME`: the body becomes a new file there.
pub(super) async fn upload(
    State(desk): State<Desk>,
    Query(pairs): Query<Pairs>,
    body: Body,
) -> Response {
    let query = Parameters(pairs);
    let name = query.one("name").unwrap_or_default();
    let size = query.one("size").and_then(|size| size.parse().ok());
    let archive = body.into_data_stream().map_err(std::io::Error::other);
    if let (Some(of), Some(path)) = (query.whose(), query.one("path")) {
        return match desk.upload_file(of, &path, archive).await {
            Ok(()) => axum::Json(()).into_response(),
            Err(failure) => reply::failed(&failure),
        };
    }
    let task = match query.one("restore") {
        Some(volume) => desk.restore_stream(&volume, size, archive).await,
        None => desk.import_stream(&name, size, archive).await,
    };
    match task {
        Ok(task) => axum::Json(task).into_response(),
        Err(failure) => reply::failed(&failure),
    }
}

/// `GET /download?kind=images|file|log|volume|path&…`: an archive of images, a file of one, a
/// container's log, a volume's files, or a file or folder of a container or a volume.
pub(super) async fn download(State(desk): State<Desk>, Query(pairs): Query<Pairs>) -> Response {
    match open(&desk, &Parameters(pairs)).await {
        Ok(download) => send(download),
        Err(failure) => reply::failed(&failure),
    }
}

async fn open(desk: &Desk, query: &Parameters) -> Result<Download, Failure> {
    match query.one("kind").as_deref() {
        Some("images") => {
            let format: ExportFormat = query.word("format")?;
            let compression: Compression = query.word("compression")?;
            let name = query.one("name").unwrap_or_else(|| "images.tar".to_owned());
            desk.export_stream(&name, query.all("image"), format, compression)
                .await
        }
        Some("log") => {
            let id = query.one("id").unwrap_or_default();
            let timestamps = query.one("timestamps").as_deref() == Some("true");
            desk.log_stream(&id, timestamps).await
        }
        Some("file") => {
            let (image, path) = (query.one("image"), query.one("path"));
            let layer = query.one("layer").and_then(|layer| layer.parse().ok());
            let (Some(image), Some(path), Some(layer)) = (image, path, layer) else {
                return Err(bad("a file has an image, a path and a layer"));
            };
            let whole = query.one("whole").as_deref() == Some("true");
            desk.image_file_stream(&image, &path, layer, whole).await
        }
        Some("volume") => {
            let name = query.one("name").unwrap_or_default();
            desk.volume_stream(&name).await
        }
        Some("path") => {
            let (Some(of), Some(path)) = (query.whose(), query.one("path")) else {
                return Err(bad("a path is one of a container or a volume"));
            };
            let folder = query.one("folder").as_deref() == Some("true");
            desk.file_stream(of, &path, folder).await
        }
        _ => Err(bad("kind is images, file, log, volume or path")),
    }
}

fn send(download: Download) -> Response {
    let mut response = Body::from_stream(download.bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    if let Ok(disposition) = HeaderValue::try_from(disposition(&download.name)) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// The file's name as RFC 6266 wants it, in both of its forms.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !"\"\\".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

type Pairs = Vec<(String, String)>;

/// The parameters of a query, some of which may occur several times.
struct Parameters(Pairs);

impl Parameters {
    fn all(&self, name: &str) -> Vec<String> {
        let found = self.0.iter().filter(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).collect()
    }

    fn one(&self, name: &str) -> Option<String> {
        self.all(name).into_iter().next()
    }

    /// `container=ID` or `volume=NAME`.
    fn whose(&self) -> Option<FilesOf> {
        let container = self.one("container").map(FilesOf::Container);
        container.or_else(|| self.one("volume").map(FilesOf::Volume))
    }

    /// A parameter that is one of a few words, as its type spells them.
    fn word<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        let word = self.one(name).unwrap_or_default();
        serde_json::from_value(word.into()).map_err(|error| bad(&format!("{name}: {error}")))
    }
}

fn bad(raw: &str) -> Failure {
    Failure::new("bad-request", raw)
}

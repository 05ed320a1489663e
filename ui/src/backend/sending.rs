//! A file on its way from a browser, with how far it is and the way to stop it.

use std::{cell::RefCell, rc::Rc};

use gantry_view::{Failure, FilesOf};
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, ProgressEvent, XmlHttpRequest};

use super::{failure_from, transfer::place_of, transport};

/// Stops what is sent with it.
#[derive(Clone, Default)]
pub struct Stop(Rc<RefCell<Stopping>>);

#[derive(Default)]
struct Stopping {
    under_way: Option<XmlHttpRequest>,
    stopped: bool,
}

impl Stop {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn now(&self) {
        let mut stopping = self.0.borrow_mut();
        stopping.stopped = true;
        let under_way = stopping.under_way.take();
        drop(stopping);
        // It calls back while it ends.
        if let Some(request) = under_way {
            let _ = request.abort();
        }
    }
}

/// A file of the browser for a new file of a container or a volume.
pub struct Uploaded {
    pub of: FilesOf,
    pub path: String,
    pub file: File,
}

impl Uploaded {
    /// In bytes.
    pub fn size(&self) -> u64 {
        self.file.size() as u64
    }

    /// Sends it; `told` hears how many bytes went.
    pub async fn send(self, stop: &Stop, told: impl Fn(u64) + 'static) -> Result<(), Failure> {
        if stop.0.borrow().stopped {
            return Err(stopped());
        }
        let request = XmlHttpRequest::new().map_err(transport)?;
        let url = place_of(&self.of, &self.path);
        request
            .open_with_async("PUT", &url, true)
            .map_err(transport)?;
        let progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            told(event.loaded() as u64);
        });
        let upload = request.upload().map_err(transport)?;
        upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
        let over = Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
        request
            .send_with_opt_blob(Some(self.file.as_ref()))
            .map_err(transport)?;
        stop.0.borrow_mut().under_way = Some(request.clone());
        let waited = JsFuture::from(over).await;
        stop.0.borrow_mut().under_way = None;
        upload.set_onprogress(None);
        request.set_onloadend(None);
        drop(progress);
        waited.map_err(transport)?;
        if stop.0.borrow().stopped {
            return Err(stopped());
        }
        let answer = request.response_text().ok().flatten().unwrap_or_default();
        match request.status().unwrap_or_default() {
            200..300 => Ok(()),
            // No answer at all.
            0 => Err(transport("the connection broke off")),
            _ => Err(failure_from(answer.as_bytes())),
        }
    }
}

fn stopped() -> Failure {
    Failure::new("cancelled", "stopped")
}

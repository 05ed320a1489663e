//! Tauri's IPC: bytes in, bytes out, the call's name in a header. Streams are pulled frame by
//! frame, since a Tauri channel has no back-pressure.

use std::{cell::Cell, rc::Rc};

use gantry_view::Failure;
use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{
    Subscription, from_js,
    stream::{Ending, Step},
    transport,
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["window", "__TAURI_INTERNALS__"])]
    async fn invoke(command: &str, args: &JsValue, options: &JsValue) -> Result<JsValue, JsValue>;
}

pub(super) fn present() -> bool {
    Reflect::has(&js_sys::global(), &"__TAURI_INTERNALS__".into()).unwrap_or(false)
}

pub(super) async fn call(name: &str, body: &[u8]) -> Result<Vec<u8>, Failure> {
    send("rpc", name, body).await.map(|reply| bytes(&reply))
}

pub(super) fn subscribe(
    name: &'static str,
    body: Vec<u8>,
    mut on_frame: impl FnMut(&[u8]) -> Step + 'static,
    on_end: impl FnOnce(Ending) + 'static,
) -> Subscription {
    let closed = Rc::new(Cell::new(false));
    let stream = Rc::new(Cell::new(None));
    let (is_closed, id_of) = (Rc::clone(&closed), Rc::clone(&stream));
    spawn_local(async move {
        let id = match send("subscribe", name, &body).await {
            Ok(id) => id,
            Err(failure) if !is_closed.get() => return on_end(Ending::Failed(failure)),
            Err(_) => return,
        };
        id_of.set(id.as_f64());
        let ending = pull(&id, &is_closed, &mut on_frame).await;
        if is_closed.get() {
            unsubscribe(id).await;
        } else {
            // Nothing is left to end on the other side.
            id_of.set(None);
            on_end(ending);
        }
    });
    Subscription::new(move || {
        closed.set(true);
        if let Some(id) = stream.take() {
            spawn_local(unsubscribe(id.into()));
        }
    })
}

/// Asks for one frame after the other until the stream ends. Asking for the next one says that
/// the last one was handled.
async fn pull(
    id: &JsValue,
    closed: &Cell<bool>,
    on_frame: &mut impl FnMut(&[u8]) -> Step,
) -> Ending {
    let mut number = 0_u32;
    loop {
        let args = object(&[("id", id.clone()), ("frame", number.into())]);
        let frame = match invoke("next", &args, &JsValue::UNDEFINED).await {
            Ok(frame) => bytes(&frame),
            Err(error) => return Ending::Failed(failure(&error)),
        };
        if closed.get() || frame.is_empty() {
            return Ending::Finished;
        }
        if let Step::End(ending) = on_frame(&frame) {
            return ending;
        }
        number += 1;
    }
}

async fn unsubscribe(id: JsValue) {
    // The page or the stream may be gone already, and then there is nothing to end.
    let _ = invoke("unsubscribe", &object(&[("id", id)]), &JsValue::UNDEFINED).await;
}

async fn send(command: &str, name: &str, body: &[u8]) -> Result<JsValue, Failure> {
    let options = object(&[("headers", object(&[("x-call", name.into())]))]);
    invoke(command, &Uint8Array::from(body).into(), &options)
        .await
        .map_err(|error| failure(&error))
}

fn failure(error: &JsValue) -> Failure {
    from_js(error).unwrap_or_else(|| transport(error))
}

fn bytes(value: &JsValue) -> Vec<u8> {
    Uint8Array::new(value).to_vec()
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

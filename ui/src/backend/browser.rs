//! HTTP for calls and a WebSocket per subscription, with `gantry web` on the other side.

use std::{cell::RefCell, rc::Rc};

use gantry_view::Failure;
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CloseEvent, Headers, MessageEvent, RequestInit, Response, WebSocket};

use super::{
    Subscription, failure_from,
    stream::{Ending, Step},
    transport,
};

pub(super) async fn call(name: &str, body: &[u8]) -> Result<Vec<u8>, Failure> {
    let headers = Headers::new().map_err(transport)?;
    headers
        .set("content-type", "application/json")
        .map_err(transport)?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&Uint8Array::from(body));
    let window = web_sys::window().ok_or_else(|| transport("no window"))?;
    let answer = JsFuture::from(window.fetch_with_str_and_init(&format!("rpc/{name}"), &init))
        .await
        .map_err(transport)?;
    let answer: Response = answer.unchecked_into();
    let body = JsFuture::from(answer.array_buffer().map_err(transport)?)
        .await
        .map_err(transport)?;
    let body = Uint8Array::new(&body).to_vec();
    if answer.ok() {
        Ok(body)
    } else {
        Err(failure_from(&body))
    }
}

/// What a socket calls back into; taken out when the stream ends, so that nothing is called twice.
struct Listener {
    on_frame: OnFrame,
    on_end: Box<dyn FnOnce(Ending)>,
}

type OnFrame = Box<dyn FnMut(&[u8]) -> Step>;

pub(super) fn subscribe(
    name: &str,
    body: &[u8],
    on_frame: impl FnMut(&[u8]) -> Step + 'static,
    on_end: impl FnOnce(Ending) + 'static,
) -> Subscription {
    let socket = match open(name) {
        Ok(socket) => socket,
        Err(failure) => {
            on_end(Ending::Failed(failure));
            return Subscription::ended();
        }
    };
    let listener = Rc::new(RefCell::new(Some(Listener {
        on_frame: Box::new(on_frame),
        on_end: Box::new(on_end),
    })));

    let request = String::from_utf8_lossy(body).into_owned();
    let opened = {
        let socket = socket.clone();
        Closure::<dyn FnMut()>::new(move || {
            // A socket that closed meanwhile says so through `onclose`.
            let _ = socket.send_with_str(&request);
        })
    };
    let message = {
        let listener = Rc::clone(&listener);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let Some(frame) = event.data().as_string() else {
                return;
            };
            // Taken while it runs: handling a frame may drop the subscription.
            let Some(mut taken) = listener.borrow_mut().take() else {
                return;
            };
            match (taken.on_frame)(frame.as_bytes()) {
                Step::GoOn => *listener.borrow_mut() = Some(taken),
                Step::End(ending) => (taken.on_end)(ending),
            }
        })
    };
    let close = {
        let listener = Rc::clone(&listener);
        Closure::<dyn FnMut(CloseEvent)>::new(move |event: CloseEvent| {
            // Taken first: whoever hears of the end may drop the subscription.
            let taken = listener.borrow_mut().take();
            if let Some(taken) = taken {
                (taken.on_end)(if event.code() == 1000 {
                    Ending::Finished
                } else {
                    Ending::Lost
                });
            }
        })
    };
    socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(close.as_ref().unchecked_ref()));

    Subscription::new(move || {
        socket.set_onopen(None);
        socket.set_onmessage(None);
        socket.set_onclose(None);
        let _ = socket.close();
        listener.borrow_mut().take();
        // A subscription may be dropped by one of its own callbacks: free them afterwards.
        wasm_bindgen_futures::spawn_local(async move { drop((opened, message, close)) });
    })
}

fn open(name: &str) -> Result<WebSocket, Failure> {
    let location = web_sys::window()
        .ok_or_else(|| transport("no window"))?
        .location();
    let host = location.host().map_err(transport)?;
    let secure = location
        .protocol()
        .is_ok_and(|protocol| protocol == "https:");
    let scheme = if secure { "wss" } else { "ws" };
    // The server's own folder, with a slash at its end; what of the window is shown stands behind `#`.
    let folder = location.pathname().map_err(transport)?;
    WebSocket::new(&format!("{scheme}://{host}{folder}stream/{name}")).map_err(transport)
}

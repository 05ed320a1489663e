//! Ports: solid opens the browser, dashed is not reachable from here.

use gantry_view::Port;
use leptos::prelude::*;

use crate::i18n::use_text;

/// `8001 → 80/tcp`. `live` says whether the container runs.
#[component]
pub fn PortChip(port: Port, live: bool, #[prop(into)] on_open: Callback<String>) -> impl IntoView {
    let text = use_text();
    let inside = format!("{}/{}", port.container, port.protocol);
    let Some(host) = port.host else {
        return view! {
            <span class="chip port fix" aria-disabled="true" title=text.containers.port_inside_only()>
                {inside}
            </span>
        }
        .into_any();
    };
    let label = view! {
        <b>{host}</b>
        <span class="arr" aria-hidden="true">"→"</span>
        <span class="sr">{text.common.port_to()}</span>
        {inside}
    };
    if !live || port.lost.is_some() {
        let why = port.lost.clone();
        let why = why.unwrap_or_else(|| text.containers.port_when_running().to_owned());
        return view! {
            <span class="chip port fix" aria-disabled="true" title=why>
                {label}
            </span>
        }
        .into_any();
    }
    let Some(url) = port_address(&port) else {
        return view! {
            <span class="chip port fix" title=text.containers.port_not_for_browsers()>
                {label}
            </span>
        }
        .into_any();
    };
    let title = text.common.open_address(&url);
    view! {
        <a
            class="chip port fix"
            href=url.clone()
            title=title
            on:click=move |event| {
                event.prevent_default();
                event.stop_propagation();
                on_open.run(url.clone());
            }
        >
            {label}
        </a>
    }
    .into_any()
}

/// Where a browser on this computer finds the port; nothing for one that no browser speaks to or
/// that leads nowhere.
pub fn port_address(port: &Port) -> Option<String> {
    let host = port
        .host
        .filter(|_| port.protocol == "tcp" && port.lost.is_none())?;
    let name = match port.address.as_str() {
        "" | "0.0.0.0" | "::" | "127.0.0.1" | "::1" => "localhost".to_owned(),
        other if other.contains(':') => format!("[{other}]"),
        other => other.to_owned(),
    };
    let scheme = if matches!(port.container, 443 | 8443) {
        "https"
    } else {
        "http"
    };
    Some(format!("{scheme}://{name}:{host}"))
}

#[cfg(test)]
mod tests {
    use gantry_view::Port;

    use super::port_address;

    #[test]
    fn a_browser_opens_what_speaks_its_language() {
        let port = |container, protocol: &str, host, address: &str| Port {
            container,
            protocol: protocol.to_owned(),
            host,
            address: address.to_owned(),
            lost: None,
        };
        let open = |port: &Port| port_address(port);
        let plain = port(80, "tcp", Some(8001), "");
        assert_eq!(open(&plain).as_deref(), Some("http://localhost:8001"));
        let secure = port(443, "tcp", Some(8443), "fd00::1");
        assert_eq!(open(&secure).as_deref(), Some("https://[fd00::1]:8443"));
        assert_eq!(open(&port(53, "udp", Some(53), "")), None);
        assert_eq!(open(&port(80, "tcp", None, "")), None);
        let lost = Port {
            lost: Some("taken".to_owned()),
            ..plain
        };
        assert_eq!(open(&lost), None);
    }
}

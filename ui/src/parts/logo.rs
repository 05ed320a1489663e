//! The mark: a gantry crane with a container on its trolley.

use leptos::prelude::*;

/// The mark and the name at the head of the sidebar; a part of the title bar.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <div class="brand" data-drag="" data-tauri-drag-region="deep">
            <svg viewBox="0 0 24 24" aria-hidden="true">
                <g fill="currentColor">
                    <rect x="1" y="3" width="22" height="3" rx=".5"></rect>
                    <path d="M5 6h3L6 21H3ZM19 6h-3l2 15h3Z"></path>
                    <path d="M10 6h1v4h-1ZM13 6h1v4h-1Z"></path>
                </g>
                <rect x="8.5" y="9" width="7" height="6" rx=".75" fill="var(--signal)"></rect>
            </svg>
            <span>"Gantry"</span>
        </div>
    }
}

/// An idle crane with an empty place on its hooks, for drop zones.
#[component]
pub fn CraneDrawing() -> impl IntoView {
    view! {
        <svg viewBox="0 0 64 56" width="64" height="56" fill="none" aria-hidden="true">
            <rect x="3" y="5" width="58" height="6" rx="1.2" fill="var(--line-ctl)"></rect>
            <path
                d="M13 11h5l-6 42H6.5ZM51 11h-5l6 42h5.5Z"
                fill="var(--line-ctl)"
            ></path>
            <path d="M27.5 11v9M36.5 11v9" stroke="var(--line-ctl)" stroke-width="2"></path>
            <rect
                x="21"
                y="20"
                width="22"
                height="16"
                rx="2"
                stroke="var(--signal-edge)"
                stroke-width="2"
                stroke-dasharray="3.5 2.5"
            ></rect>
        </svg>
    }
}

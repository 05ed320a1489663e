//! Toasts beside dialogs, in the smallest window.

use gantry_tests::{
    Account, skip,
    window::{Door, SMALLEST, Window},
};

#[tokio::test]
async fn a_toast_covers_nothing_that_a_dialog_asks() {
    let window = match Window::open(Door::Browser, Account::User).await {
        Ok(window) => window,
        Err(why) => return skip(&why),
    };
    let (page, engine) = (&window.page, &window.engine);
    page.resize(SMALLEST).await;
    page.shows("nav a[aria-current=page]", "Containers").await;
    window.load_busybox();
    for name in ["first", "second"] {
        engine.docker(&["create", "--name", name, "busybox"]).ok();
    }
    page.shows("tr[data-row]", "first").await;
    page.click("tr[data-row] a.name").await;
    page.press("More actions").await;
    page.press("Remove").await;
    page.find(".toast").await;
    // They stay while the pointer rests on them.
    let rest = "for (const toast of document.querySelectorAll('.toast'))
        toast.dispatchEvent(new PointerEvent('pointerenter'))";
    page.run(rest, vec![]).await;
    page.press("Run a container").await;
    page.find("[data-test=run-dialog]").await;
    page.photograph("toast-and-dialog").await;
    let covered = "return [...document.querySelectorAll('.dlg button, .dlg input, .dlg select')]
        .filter(control => control.getClientRects().length > 0).filter(control => {
            const { left, top, width, height } = control.getBoundingClientRect();
            const above = document.elementFromPoint(left + width / 2, top + height / 2);
            return above && !above.closest('.dlg');
        }).map(control => control.outerHTML)";
    assert_eq!(page.run(covered, vec![]).await, serde_json::json!([]));
    assert_ne!(page.count(".toast").await, 0, "it is still there");
    window.close().await;
}

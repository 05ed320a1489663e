//! What a person does with a page: look, wait, press, type.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
    key::Key,
};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::Value;

use crate::PATIENCE;

/// Makes the page draw for two seconds, to no visible effect. WebKit takes a screenshot after the
/// next frame, and a page at rest has none.
const RESTLESS: &str = "
    const end = performance.now() + 2000, style = document.body.style;
    const turn = now => {
        style.outline = now < end ? `1px solid rgba(0, 0, 0, ${now % 2 / 1000})` : '';
        if (now < end) requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
";

/// What the page has loaded, in milliseconds from its beginning.
const LOADED: &str = "
    const file = entry => `${entry.name} ${entry.startTime | 0}-${entry.responseEnd | 0}`;
    const files = performance.getEntriesByType('resource').map(file);
    return [location.href, document.readyState, performance.now() | 0, ...files.slice(-40)];
";

/// How long a window may take to begin, which is long for one, and short for a test.
const BEGINNING: Duration = Duration::from_secs(45);

pub struct Page {
    client: Client,
}

impl Page {
    /// Starts a WebDriver session as soon as the driver listens.
    pub(super) async fn connect(port: u16, capabilities: Value) -> Result<Self, String> {
        let deadline = Instant::now() + PATIENCE;
        while tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_err()
        {
            if Instant::now() > deadline {
                return Err("the driver does not listen".to_owned());
            }
            pause().await;
        }
        let Value::Object(capabilities) = capabilities else {
            unreachable!("an object")
        };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let address = format!("http://127.0.0.1:{port}");
        let session = builder.capabilities(capabilities).connect(&address);
        let client = tokio::time::timeout(PATIENCE, session)
            .await
            .map_err(|_| format!("no session within {PATIENCE:?}"))?
            .map_err(|error| error.to_string())?;
        Ok(Self { client })
    }

    pub(super) async fn close(self) {
        let _ = self.client.close().await;
    }

    pub async fn go(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    /// Waits until the window has drawn something; says what it has loaded if it never does.
    pub(super) async fn begins(&self) -> Result<(), String> {
        let drawn = async {
            while self.client.find(Locator::Css("body > *")).await.is_err() {
                pause().await;
            }
        };
        if tokio::time::timeout(BEGINNING, drawn).await.is_ok() {
            return Ok(());
        }
        self.photograph("failed").await;
        let loaded = tokio::time::timeout(PATIENCE, self.run(LOADED, vec![])).await;
        Err(format!("empty for {BEGINNING:?}, with {loaded:?}"))
    }

    /// Gives the page this many pixels, whatever the window has around it.
    pub async fn resize(&self, (width, height): (u64, u64)) {
        const SIZES: &str = "return [innerWidth, innerHeight, outerWidth, outerHeight]";
        self.until(&format!("a page of {width} × {height}"), async || {
            let sizes = self.run(SIZES, vec![]).await;
            let [inner_width, inner_height, outer_width, outer_height] =
                [0, 1, 2, 3].map(|at| sizes[at].as_u64().unwrap_or_default());
            if (inner_width, inner_height) == (width, height) {
                return Some(());
            }
            let (width, height) = (
                width + outer_width - inner_width,
                height + outer_height - inner_height,
            );
            let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
            self.client.set_window_size(width, height).await.ok()?;
            None
        })
        .await;
    }

    /// The first element that fits, as soon as there is one.
    pub async fn find(&self, css: &str) -> Element {
        self.until(css, async || self.client.find(Locator::Css(css)).await.ok())
            .await
    }

    pub async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// Presses an element as soon as it can be pressed.
    pub async fn click(&self, css: &str) {
        self.until(&format!("{css} to take a press"), async || {
            self.client
                .find(Locator::Css(css))
                .await
                .ok()?
                .click()
                .await
                .ok()
        })
        .await;
    }

    /// Presses an element until what that opens is there.
    ///
    /// A toast may lie over the element or take the press in the moment in which it appears, and it
    /// stays while the pointer rests on it: it is sent away.
    pub async fn open(&self, css: &str, opened: &str) {
        self.until(&format!("{opened} behind {css}"), async || {
            let found = async |css| self.client.find(Locator::Css(css)).await;
            if found(opened).await.is_ok() {
                return Some(());
            }
            for css in [".toast > .icon-btn", css] {
                if let Ok(element) = found(css).await {
                    let _ = element.click().await;
                }
            }
            None
        })
        .await;
    }

    /// Presses the button or menu item that is called so, as soon as it can be pressed.
    pub async fn press(&self, name: &str) {
        let called = format!("@aria-label='{name}' or .//text()[normalize-space(.)='{name}']");
        let xpath = format!("//*[self::button or @role='menuitem'][{called}]");
        self.until(&format!("{name} to take a press"), async || {
            for element in self.client.find_all(Locator::XPath(&xpath)).await.ok()? {
                let is_off = element.attr("aria-disabled").await.ok()?.is_some();
                if !is_off && element.click().await.is_ok() {
                    return Some(());
                }
            }
            None
        })
        .await;
    }

    /// Replaces what a field holds.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        let select =
            "const field = document.querySelector(arguments[0]); field.focus(); field.select()";
        self.run(select, vec![css.into()]).await;
        field.send_keys(text).await.unwrap();
    }

    /// Chooses an option of a list, by its value, as soon as it is there.
    pub async fn choose(&self, css: &str, value: &str) {
        let choose = "
            const list = document.querySelector(arguments[0]);
            if (![...list.options].some(option => option.value === arguments[1])) return false;
            list.value = arguments[1];
            list.dispatchEvent(new Event('change', { bubbles: true }));
            return true;
        ";
        self.find(css).await;
        self.until(&format!("{value} in {css}"), async || {
            let chosen = self.run(choose, vec![css.into(), value.into()]).await;
            (chosen == true).then_some(())
        })
        .await;
    }

    /// Presses a key, by its name in the DOM, in an element.
    pub async fn press_key(&self, css: &str, key: &str) {
        let key = match key {
            "Enter" => Key::Enter,
            "Escape" => Key::Escape,
            "End" => Key::End,
            other => unreachable!("no key {other}"),
        };
        let focus = "document.querySelector(arguments[0]).focus()";
        let element = self.find(css).await;
        self.run(focus, vec![css.into()]).await;
        element
            .send_keys(&char::from(key).to_string())
            .await
            .unwrap();
    }

    /// Types into whatever has the keyboard; a line end is the Enter key.
    pub async fn type_text(&self, text: &str) {
        let mut keys = KeyActions::new("keyboard".to_owned());
        for letter in text.chars() {
            let value = if letter == '\n' {
                Key::Enter.into()
            } else {
                letter
            };
            keys = keys
                .then(KeyAction::Down { value })
                .then(KeyAction::Up { value });
        }
        self.client.perform_actions(keys).await.unwrap();
    }

    /// Presses a key while others are held, such as Control and Shift.
    pub async fn press_with(&self, held: &[Key], key: char) {
        let mut keys = KeyActions::new("keyboard".to_owned());
        for value in held.iter().map(|key| char::from(*key)) {
            keys = keys.then(KeyAction::Down { value });
        }
        keys = keys
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        for value in held.iter().rev().map(|key| char::from(*key)) {
            keys = keys.then(KeyAction::Up { value });
        }
        self.client.perform_actions(keys).await.unwrap();
    }

    /// The text of an element and all it holds, hidden or not; "" when there is none.
    ///
    /// WebKit's driver calls the visible text of an element moved by a CSS transform "".
    pub async fn text(&self, css: &str) -> String {
        match self.client.find(Locator::Css(css)).await {
            Ok(element) => element
                .prop("textContent")
                .await
                .ok()
                .flatten()
                .unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until the text of an element holds `part`.
    pub async fn shows(&self, css: &str, part: &str) {
        let what = format!("{part:?} in {css}");
        self.until(&what, async || {
            self.text(css).await.contains(part).then_some(())
        })
        .await;
    }

    /// Waits until nothing fits any more.
    pub async fn loses(&self, css: &str) {
        self.until(&format!("{css} to go"), async || {
            (self.count(css).await == 0).then_some(())
        })
        .await;
    }

    /// Runs JavaScript in the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap()
    }

    /// Keeps a screenshot as `target/screenshots/NAME.png`.
    pub async fn photograph(&self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
        fs::create_dir_all(&folder).unwrap();
        let picture = async {
            self.client.execute(RESTLESS, vec![]).await.ok()?;
            self.client.screenshot().await.ok()
        };
        // A window that never showed itself draws no frame at all.
        if let Ok(Some(picture)) = tokio::time::timeout(PATIENCE, picture).await {
            fs::write(folder.join(format!("{name}.png")), picture).unwrap();
        }
    }

    /// Asks until there is an answer.
    async fn until<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
        let asking = async {
            loop {
                if let Some(answer) = ask().await {
                    return answer;
                }
                pause().await;
            }
        };
        if let Ok(answer) = tokio::time::timeout(PATIENCE, asking).await {
            return answer;
        }
        self.photograph("failed").await;
        let page = tokio::time::timeout(PATIENCE, self.text("body")).await;
        let page: String = page
            .unwrap_or("nothing any more".to_owned())
            .chars()
            .take(2000)
            .collect();
        panic!("waited {PATIENCE:?} for {what}; the page says {page:?}");
    }
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

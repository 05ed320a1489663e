//! The window: the real application on a virtual display, or the same pages in Chromium.
//!
//! Both are driven through WebDriver and offer the same steps, so that a story is written once.

mod application;
mod browser;
mod display;
mod page;

use gantry_pack::fixtures;

use crate::{Account, Engine, wait_for};

pub use page::Page;

/// The smallest window there is, in pixels of its page.
pub const SMALLEST: (u64, u64) = (900, 600);

/// How often a window is opened that stays empty, which one in some hundred does beside other tests,
/// in both doors; what it had loaded then is told.
const OPENINGS: usize = 3;

/// The front door a story goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Application,
    Browser,
}

/// An open window and everything that keeps it open; gone when dropped.
pub struct Window {
    pub page: Page,
    pub door: Door,
    // Dropped in this order: what is driven, what it needs, and the folder with it all.
    parts: Vec<Box<dyn Send>>,
    pub engine: Engine,
}

impl Window {
    /// Opens the window of `account` with nothing in it yet; the reason where that cannot be.
    pub async fn open(door: Door, account: Account) -> Result<Self, String> {
        Self::open_with(door, account, |_| ()).await
    }

    /// The same, with something done before the window starts its engine.
    pub async fn open_with(
        door: Door,
        account: Account,
        prepare: impl FnOnce(&Engine),
    ) -> Result<Self, String> {
        let engine = Engine::prepare(account.identity()?);
        prepare(&engine);
        let mut empty = Vec::new();
        while empty.len() < OPENINGS {
            let (page, parts) = match door {
                Door::Application => application::open(&engine).await?,
                Door::Browser => browser::open(&engine).await?,
            };
            match page.begins().await {
                Ok(()) => {
                    return Ok(Self {
                        page,
                        door,
                        parts,
                        engine,
                    });
                }
                Err(why) => empty.push(why),
            }
            eprintln!("The window stayed {empty:?}");
            page.close().await;
        }
        panic!("the window stayed {empty:#?}");
    }

    /// Gives the engine that the window has started an image to run from.
    pub fn load_busybox(&self) {
        wait_for("the engine", || {
            (self.engine.docker(&["version"]).code == 0).then_some(())
        });
        let image = fixtures::busybox("busybox:latest").expect("busybox is installed");
        self.engine.load(&[image]);
    }

    pub async fn close(self) {
        self.page.close().await;
        drop(self.parts);
    }
}

fn needs(programs: &[(&str, &str)]) -> Result<(), String> {
    for (program, package) in programs {
        if !["/usr/bin", "/usr/local/bin"]
            .iter()
            .any(|dir| std::path::Path::new(dir).join(program).exists())
        {
            return Err(format!("no {program} here (package {package})"));
        }
    }
    Ok(())
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

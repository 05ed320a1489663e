//! firewalld refuses what is passed on for interfaces of no zone, and its own tables are no place
//! for rules of others. So our bridges stand in its zone `trusted`, as podman's do, from when the
//! keeper finds it in the way until the last network goes. What they may do, our own table says.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::{Connection, Proxy};

const NAME: &str = "org.fedoraproject.FirewallD1";
const PATH: &str = "/org/fedoraproject/FirewallD1";
const ZONES: &str = "org.fedoraproject.FirewallD1.zone";
const ZONE: &str = "trusted";

/// How long firewalld may take: it writes all of its rules anew.
const PATIENCE: Duration = Duration::from_secs(20);

/// Our bridges in its eyes.
#[derive(Debug)]
pub(crate) struct Firewalld {
    /// As it writes what the names begin with.
    bridges: String,
    line: Mutex<Option<Line>>,
}

#[derive(Debug)]
struct Line {
    zones: Proxy<'static>,
    watch: AbortHandle,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Firewalld {
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            bridges: format!("{prefix}+"),
            line: Mutex::new(None),
        }
    }

    /// Puts the bridges into the zone, and again whenever firewalld forgets what it was told. Nothing
    /// happens where it does not run.
    pub(crate) async fn trust(&self) {
        let mut line = self.line.lock().await;
        if line.is_some() {
            return;
        }
        match tokio::time::timeout(PATIENCE, self.begin()).await {
            Ok(Ok(begun)) => *line = begun,
            Ok(Err(error)) => tracing::warn!(%error, "firewalld does not take our bridges"),
            Err(_) => tracing::warn!("firewalld does not answer"),
        }
    }

    /// Takes them out.
    pub(crate) async fn release(&self) {
        let Some(line) = self.line.lock().await.take() else {
            return;
        };
        let known = (ZONE, &self.bridges);
        let removed = line.zones.call_method("removeInterface", &known);
        // It forgets them by itself when it ends.
        let _ = tokio::time::timeout(PATIENCE, removed).await;
    }

    async fn begin(&self) -> zbus::Result<Option<Line>> {
        let bus = Connection::system().await?;
        if !is_there(&bus).await? {
            return Ok(None);
        }
        let zones = Proxy::new(&bus, NAME, PATH, ZONES).await?;
        let itself = Proxy::new(&bus, NAME, PATH, NAME).await?;
        // Listened to first, so that nothing is missed.
        let reloaded = itself.receive_signal("Reloaded").await?;
        let restarted = zones.receive_owner_changed().await?;
        add(&zones, &self.bridges).await?;
        let (told, bridges) = (zones.clone(), self.bridges.clone());
        let watch = tokio::spawn(async move {
            let restarted = restarted.filter_map(|owner| async move { owner.map(drop) });
            let again = futures_util::stream::select(reloaded.map(drop), restarted);
            let mut again = std::pin::pin!(again);
            while again.next().await.is_some() {
                if let Err(error) = add(&told, &bridges).await {
                    tracing::warn!(%error, "firewalld does not take our bridges again");
                }
            }
        });
        Ok(Some(Line {
            zones,
            watch: watch.abort_handle(),
        }))
    }
}

/// Whether it runs. It is not started for us.
async fn is_there(bus: &Connection) -> zbus::Result<bool> {
    let names = DBusProxy::new(bus).await?;
    Ok(names.name_has_owner(BusName::try_from(NAME)?).await?)
}

async fn add(zones: &Proxy<'_>, bridges: &str) -> zbus::Result<()> {
    match zones.call_method("addInterface", &(ZONE, bridges)).await {
        Err(zbus::Error::MethodError(_, Some(said), _)) if said.starts_with("ALREADY_") => Ok(()),
        done => done.map(drop),
    }
}

/// Whether it runs on this computer, for whoever looks from outside.
pub(crate) fn runs() -> bool {
    let asked = zbus::blocking::Connection::system().and_then(|bus| {
        let names = zbus::blocking::fdo::DBusProxy::new(&bus)?;
        Ok(names.name_has_owner(BusName::try_from(NAME)?)?)
    });
    asked.unwrap_or_default()
}

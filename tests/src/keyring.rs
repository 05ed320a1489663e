//! A keyring of one test's own: as much of the Secret Service protocol as clients use, on a private
//! bus and without encryption.

use std::{
    collections::{BTreeMap, HashMap},
    process::Command,
    sync::{Arc, Mutex},
};

use zbus::{
    ObjectServer, fdo, interface,
    zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value},
};

use crate::{Engine, bus::Bus};

const SERVICE: &str = "/org/freedesktop/secrets";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";
const SESSION: &str = "/org/freedesktop/secrets/session/1";

/// Session, parameters, value, content type.
type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);
type Attributes = HashMap<String, String>;

/// The keyring; it ends with the value.
pub struct Keyring {
    held: Held,
    // Before the bus.
    _connection: zbus::blocking::Connection,
    bus: Bus,
}

/// What is in it.
#[derive(Clone, Default)]
struct Held(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    locked: bool,
    /// How often it was unlocked.
    unlocked: usize,
    last: u64,
    items: BTreeMap<u64, Stored>,
}

struct Stored {
    attributes: Attributes,
    secret: Vec<u8>,
}

impl Keyring {
    pub fn start(engine: &Engine) -> Self {
        let bus = Bus::start(engine);
        let held = Held::default();
        let connection = zbus::blocking::connection::Builder::address(bus.address())
            .unwrap()
            .serve_at(SERVICE, Service(held.clone()))
            .unwrap()
            .serve_at(COLLECTION, Collection(held.clone()))
            .unwrap()
            .name("org.freedesktop.secrets")
            .unwrap()
            .build()
            .unwrap();
        Self {
            held,
            _connection: connection,
            bus,
        }
    }

    pub fn give_to(&self, command: &mut Command) {
        self.bus.give_to(command);
    }

    /// What is in it: attributes and secrets.
    pub fn items(&self) -> Vec<(HashMap<String, String>, String)> {
        let state = self.held.0.lock().unwrap();
        let items = state.items.values();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        items
            .map(|item| (item.attributes.clone(), text(&item.secret)))
            .collect()
    }

    /// As after a while without its user.
    pub fn lock(&self) {
        self.held.0.lock().unwrap().locked = true;
    }

    /// How often somebody had it unlocked.
    pub fn unlocked(&self) -> usize {
        self.held.0.lock().unwrap().unlocked
    }
}

struct Service(Held);
struct Collection(Held);
struct Item(Held, u64);

fn path(text: &str) -> OwnedObjectPath {
    ObjectPath::try_from(text.to_owned()).unwrap().into()
}

fn item_path(number: u64) -> OwnedObjectPath {
    path(&format!("{COLLECTION}/{number}"))
}

/// Nobody need be asked.
fn no_prompt() -> OwnedObjectPath {
    path("/")
}

// Methods on the bus have an object, used or not.
#[allow(clippy::unused_self)]
#[interface(name = "org.freedesktop.Secret.Service")]
impl Service {
    fn open_session(
        &self,
        algorithm: &str,
        input: Value<'_>,
    ) -> fdo::Result<(OwnedValue, OwnedObjectPath)> {
        // What comes with it is the half of a key, and here nothing.
        if algorithm != "plain" || input != Value::from("") {
            return Err(fdo::Error::NotSupported(algorithm.to_owned()));
        }
        let nothing = Value::from("").try_into().unwrap();
        Ok((nothing, path(SESSION)))
    }

    fn search_items(&self, attributes: Attributes) -> (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) {
        let state = self.0.0.lock().unwrap();
        let fits = |item: &Stored| {
            let mut wanted = attributes.iter();
            wanted.all(|(name, value)| item.attributes.get(name) == Some(value))
        };
        let found = state.items.iter().filter(|(_, item)| fits(item));
        let found = found.map(|(number, _)| item_path(*number)).collect();
        if state.locked {
            (Vec::new(), found)
        } else {
            (found, Vec::new())
        }
    }

    fn unlock(&self, objects: Vec<OwnedObjectPath>) -> (Vec<OwnedObjectPath>, OwnedObjectPath) {
        let mut state = self.0.0.lock().unwrap();
        state.unlocked += usize::from(state.locked);
        state.locked = false;
        (objects, no_prompt())
    }

    fn read_alias(&self, name: &str) -> OwnedObjectPath {
        path(if name == "default" { COLLECTION } else { "/" })
    }

    #[zbus(property)]
    fn collections(&self) -> Vec<OwnedObjectPath> {
        vec![path(COLLECTION)]
    }
}

#[interface(name = "org.freedesktop.Secret.Collection")]
impl Collection {
    async fn create_item(
        &self,
        mut properties: HashMap<String, OwnedValue>,
        secret: Secret,
        replace: bool,
        #[zbus(object_server)] server: &ObjectServer,
    ) -> fdo::Result<(OwnedObjectPath, OwnedObjectPath)> {
        let attributes = properties.remove("org.freedesktop.Secret.Item.Attributes");
        let attributes: Attributes = attributes.unwrap().try_into().unwrap();
        let (number, is_new) = {
            let mut state = self.0.0.lock().unwrap();
            if state.locked {
                return Err(fdo::Error::AccessDenied("it is locked".to_owned()));
            }
            let same = state.items.iter();
            let mut same = same.filter(|(_, item)| replace && item.attributes == attributes);
            let same = same.next().map(|(number, _)| *number);
            state.last += 1;
            let number = same.unwrap_or(state.last);
            let stored = Stored {
                attributes,
                secret: secret.2,
            };
            state.items.insert(number, stored);
            (number, same.is_none())
        };
        if is_new {
            let item = Item(self.0.clone(), number);
            server.at(item_path(number), item).await?;
        }
        Ok((item_path(number), no_prompt()))
    }

    #[zbus(property)]
    fn locked(&self) -> bool {
        self.0.0.lock().unwrap().locked
    }
}

#[interface(name = "org.freedesktop.Secret.Item")]
impl Item {
    async fn delete(
        &self,
        #[zbus(object_server)] server: &ObjectServer,
    ) -> fdo::Result<OwnedObjectPath> {
        self.0.0.lock().unwrap().items.remove(&self.1);
        server.remove::<Self, _>(item_path(self.1)).await?;
        Ok(no_prompt())
    }

    fn get_secret(&self, session: OwnedObjectPath) -> fdo::Result<Secret> {
        let state = self.0.0.lock().unwrap();
        if state.locked {
            return Err(fdo::Error::AccessDenied("it is locked".to_owned()));
        }
        let value = state.items[&self.1].secret.clone();
        Ok((session, Vec::new(), value, "text/plain".to_owned()))
    }

    #[zbus(property)]
    fn attributes(&self) -> Attributes {
        self.0.0.lock().unwrap().items[&self.1].attributes.clone()
    }

    #[zbus(property)]
    fn locked(&self) -> bool {
        self.0.0.lock().unwrap().locked
    }
}

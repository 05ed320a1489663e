//! `gantry.db`: an index of what the files on disk say, for what would otherwise mean opening many of
//! them. It holds nothing of its own: lost, damaged or of another version it is made again.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use gantry_oci::DiffId;
use rusqlite::{Connection, OpenFlags, params};

use crate::layer::LayerFacts;
use crate::{Error, Result};

/// Raised whenever a table changes.
const VERSION: i64 = 1;

const SCHEMA: &str = "
    CREATE TABLE layer (
        diff_id TEXT PRIMARY KEY,
        facts   TEXT NOT NULL
    ) WITHOUT ROWID;
";

/// The open database.
pub(crate) struct Database(Mutex<Connection>);

impl Database {
    /// Opens the database, making a new one of what is damaged or from another version.
    pub fn open(path: &Path) -> Result<Self> {
        let connection = match Self::try_open(path) {
            Ok(connection) => connection,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "the index is made again");
                remove(path)?;
                Self::try_open(path)?
            }
        };
        Ok(Self(Mutex::new(connection)))
    }

    /// Reads all of the database without changing it. None at all is fine.
    pub fn check(path: &Path) -> std::result::Result<(), String> {
        if !path.exists() {
            return Ok(());
        }
        let check = || -> rusqlite::Result<String> {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(path, flags)?;
            connection.pragma_query_value(None, "integrity_check", |row| row.get(0))
        };
        match check() {
            Ok(answer) if answer == "ok" => Ok(()),
            Ok(answer) => Err(answer),
            Err(error) => Err(error.to_string()),
        }
    }

    fn try_open(path: &Path) -> rusqlite::Result<Connection> {
        let mut connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version != VERSION {
            let change = connection.transaction()?;
            change.execute_batch("DROP TABLE IF EXISTS layer;")?;
            change.execute_batch(SCHEMA)?;
            change.pragma_update(None, "user_version", VERSION)?;
            change.commit()?;
        }
        connection.prepare("SELECT diff_id, facts FROM layer LIMIT 1")?;
        Ok(connection)
    }

    /// The facts of all layers that the database knows.
    pub fn layers(&self) -> HashMap<DiffId, LayerFacts> {
        let read = |connection: &Connection| -> rusqlite::Result<HashMap<DiffId, LayerFacts>> {
            let mut query = connection.prepare("SELECT facts FROM layer")?;
            let rows = query.query_map([], |row| row.get::<_, String>(0))?;
            let facts = rows.filter_map(|row| serde_json::from_str::<LayerFacts>(&row.ok()?).ok());
            Ok(facts.map(|facts| (facts.diff_id, facts)).collect())
        };
        read(&self.connection()).unwrap_or_else(|error| {
            tracing::warn!(%error, "reading the index");
            HashMap::new()
        })
    }

    /// Enters layers. A failure costs time at the next start and nothing else.
    pub fn add<'a>(&self, layers: impl IntoIterator<Item = &'a LayerFacts>) {
        self.change(
            "INSERT OR REPLACE INTO layer (diff_id, facts) VALUES (?1, ?2)",
            |statement| {
                for facts in layers {
                    let text = serde_json::to_string(facts).unwrap_or_default();
                    statement.execute(params![facts.diff_id.to_string(), text])?;
                }
                Ok(())
            },
        );
    }

    /// Takes layers out.
    pub fn remove(&self, layers: &[DiffId]) {
        self.change("DELETE FROM layer WHERE diff_id = ?1", |statement| {
            for layer in layers {
                statement.execute([layer.to_string()])?;
            }
            Ok(())
        });
    }

    fn change(
        &self,
        sql: &str,
        run: impl FnOnce(&mut rusqlite::Statement<'_>) -> rusqlite::Result<()>,
    ) {
        let mut connection = self.connection();
        let result = connection.transaction().and_then(|change| {
            run(&mut change.prepare(sql)?)?;
            change.commit()
        });
        if let Err(error) = result {
            tracing::warn!(%error, "writing the index");
        }
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes the database and what belongs to it.
pub(crate) fn remove(path: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::remove_file(&file) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io("removing", Path::new(&file), error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Totals;

    #[test]
    fn a_damaged_database_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gantry.db");
        let diff_id = DiffId(gantry_oci::Digest::of(b"x"));
        let facts = LayerFacts::new(diff_id, 7, Totals::default());
        let database = Database::open(&path).unwrap();
        database.add([&facts]);
        drop(database);
        assert_eq!(Database::open(&path).unwrap().layers()[&diff_id], facts);
        std::fs::write(&path, vec![b'x'; 5000]).unwrap();
        let database = Database::open(&path).unwrap();
        assert!(database.layers().is_empty());
        database.add([&facts]);
        database.remove(&[diff_id]);
        assert!(database.layers().is_empty());
    }
}

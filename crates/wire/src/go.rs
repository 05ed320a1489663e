//! The habits of Go's encoding/json that Docker's clients rely on.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Reads `null` as the empty value: Go leaves the zero value in place.
pub fn null<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Writes an empty list or map as `null`, as Go writes a nil slice.
pub fn empty_is_null<S, T>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    T: Serialize + Default + PartialEq,
{
    if *value == T::default() {
        serializer.serialize_none()
    } else {
        value.serialize(serializer)
    }
}

/// Tells whether a field has its zero value, for keys that Go marks `omitempty`.
pub fn is_zero<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A list or map that is `null` when empty and empty when `null`.
pub mod nullable {
    pub use super::{empty_is_null as serialize, null as deserialize};
}

/// A set of names, which Docker writes as a map with empty objects: `{"80/tcp": {}}`.
pub mod set {
    use std::collections::BTreeSet;

    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes the names as keys of empty objects; an empty set is `null`.
    pub fn serialize<S: Serializer>(
        set: &BTreeSet<String>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Nothing {}
        if set.is_empty() {
            return serializer.serialize_none();
        }
        serializer.collect_map(set.iter().map(|name| (name, Nothing {})))
    }

    /// Reads the keys; what they lead to does not matter.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeSet<String>, D::Error> {
        let map: Option<crate::Object> = Option::deserialize(deserializer)?;
        Ok(map.into_iter().flatten().map(|(name, _)| name).collect())
    }
}

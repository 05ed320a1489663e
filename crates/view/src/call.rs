use serde::{Serialize, de::DeserializeOwned};

/// One request: its name on the wire and the type of its reply. Fails with [`crate::Failure`].
pub trait Call: Serialize + DeserializeOwned {
    /// Unique among all calls, lower snake case.
    const NAME: &'static str;
    /// What a success carries.
    type Reply: Serialize + DeserializeOwned;
}

/// One subscription: a stream of items until either side ends it.
///
/// The transport may join items that come close together, so a frame is a JSON array of items.
pub trait Subscribe: Serialize + DeserializeOwned {
    /// Unique among all subscriptions, lower snake case.
    const NAME: &'static str;
    /// One item of the stream.
    type Item: Serialize + DeserializeOwned;
}

/// Declares that a type is a [`Call`] of this name with this reply.
macro_rules! call {
    ($request:ty, $name:literal, $reply:ty) => {
        impl $crate::Call for $request {
            const NAME: &'static str = $name;
            type Reply = $reply;
        }
    };
}

/// Declares that a type is a [`Subscribe`] of this name with this item.
macro_rules! subscribe {
    ($request:ty, $name:literal, $item:ty) => {
        impl $crate::Subscribe for $request {
            const NAME: &'static str = $name;
            type Item = $item;
        }
    };
}

pub(crate) use {call, subscribe};

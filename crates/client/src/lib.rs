//! The typed way into a running engine over its socket.

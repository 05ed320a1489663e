//! What a user interface asks for, whatever carries it.

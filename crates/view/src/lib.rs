//! Every call of the user interface with its reply; compiles to WebAssembly.

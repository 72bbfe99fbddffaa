//! Logs on standard error: readable on a terminal, structured elsewhere.

//! `rocket_db_pools` over sled: a request waits its turn and never blocks the runtime.

//! Since when visitors have been served a certificate that their browsers trust, across restarts and renewals.

use std::sync::{Arc, Mutex, PoisonError};

use super::ledger::{Ledger, LedgerError};

/// That time, written down whenever it changes.
pub(in crate::front) struct Trust {
    ledger: Option<Arc<dyn Ledger>>,
    since_t: Mutex<Option<i64>>,
}

impl Trust {
    pub(in crate::front) fn load(ledger: Arc<dyn Ledger>) -> Result<Self, LedgerError> {
        let since_t = Mutex::new(ledger.trusted_since()?);
        Ok(Self { ledger: Some(ledger), since_t })
    }

    /// As it was written down, to be looked at.
    pub(in crate::front) fn recall(ledger: &dyn Ledger) -> Result<Self, LedgerError> {
        Ok(Self { ledger: None, since_t: Mutex::new(ledger.trusted_since()?) })
    }

    pub(in crate::front) fn since(&self) -> Option<i64> {
        *self.since_t.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says whether what is served now is trusted. It blocks when that has changed.
    pub(in crate::front) fn note(&self, trusted: bool, now_t: i64) {
        let mut since_t = self.since_t.lock().unwrap_or_else(PoisonError::into_inner);
        // A time to come was written by a clock that was ahead.
        let noted = trusted.then(|| since_t.map_or(now_t, |since_t| since_t.min(now_t)));
        if *since_t == noted {
            return;
        }
        *since_t = noted;
        if let Some(ledger) = &self.ledger
            && let Err(error) = ledger.keep_trusted_since(noted)
        {
            tracing::warn!(error, "since when the certificate is trusted cannot be kept; a restart begins anew");
        }
    }
}

//! What a check found: one sentence of what is, and what to do about it.

use std::borrow::Cow;

use serde::Serialize;

/// How things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Level {
    /// As it should be.
    Good,
    /// Not to be known from here.
    Unsure,
    /// To be mended.
    Wrong,
}

/// One check and what it found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// What was looked at.
    pub(super) check: Cow<'static, str>,
    /// How it stands.
    pub(super) level: Level,
    /// What is.
    pub(super) says: String,
    /// What to do, unless all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) advice: Option<String>,
}

impl Finding {
    pub(super) fn good(check: impl Into<Cow<'static, str>>, says: impl Into<String>) -> Self {
        Self { check: check.into(), level: Level::Good, says: says.into(), advice: None }
    }

    pub(super) fn unsure(
        check: impl Into<Cow<'static, str>>,
        says: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { check: check.into(), level: Level::Unsure, says: says.into(), advice: Some(advice.into()) }
    }

    pub(super) fn wrong(
        check: impl Into<Cow<'static, str>>,
        says: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { check: check.into(), level: Level::Wrong, says: says.into(), advice: Some(advice.into()) }
    }

    /// On a line of a terminal.
    pub(super) fn line(&self) -> String {
        let level = match self.level {
            Level::Good => "good  ",
            Level::Unsure => "unsure",
            Level::Wrong => "WRONG ",
        };
        let advice = self.advice.as_deref().map(|advice| format!("\n        → {advice}")).unwrap_or_default();
        // Part of it may be what a stranger's server said: nothing of that may steer the terminal.
        let said: String = self.says.chars().filter(|letter| !letter.is_control()).collect();
        format!("{level}  {}: {said}{advice}", self.check)
    }
}

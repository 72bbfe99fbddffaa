//! The badge of a Nutri-Score: a letter, a colour, and words for those who see neither.

use crate::food::nutri_score::{Grade, NutriScore};

use super::super::language::Speaker;

/// A badge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// What stands on it.
    pub letter: &'static str,
    /// Its class in the style: `a` to `e`, `none` or `unknown`.
    pub class: &'static str,
    /// What a screen reader says.
    pub spoken: String,
}

impl Badge {
    /// The badge of a score.
    pub fn of(score: NutriScore, speaker: Speaker<'_>) -> Self {
        match score {
            NutriScore::Graded { grade, .. } => Self::letter(grade, speaker),
            NutriScore::NotApplicable => {
                Self { letter: "–", class: "none", spoken: speaker.say("grade-none").into_owned() }
            }
            NutriScore::Unknown => {
                Self { letter: "?", class: "unknown", spoken: speaker.say("grade-unknown").into_owned() }
            }
        }
    }

    /// The badge of a letter.
    pub fn letter(grade: Grade, speaker: Speaker<'_>) -> Self {
        let letter = capital(grade);
        let spoken = speaker.say_with("grade-spoken", &[("letter", letter.into())]);
        Self { letter, class: grade.as_str(), spoken }
    }
}

/// The letter on a badge.
pub fn capital(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "A",
        Grade::B => "B",
        Grade::C => "C",
        Grade::D => "D",
        Grade::E => "E",
    }
}

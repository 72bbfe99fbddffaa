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
    /// Whether the letter was computed from estimates.
    pub is_estimated: bool,
    /// What a screen reader says.
    pub spoken: String,
}

impl Badge {
    /// The badge of a score.
    pub fn of(score: NutriScore, speaker: Speaker<'_>) -> Self {
        match score {
            NutriScore::Graded { grade, .. } if score.is_estimated() => Self::estimated_letter(grade, speaker),
            NutriScore::Graded { grade, .. } => Self::letter(grade, speaker),
            NutriScore::NotApplicable => Self::without_letter("–", "none", "grade-none", speaker),
            NutriScore::Unknown => Self::without_letter("?", "unknown", "grade-unknown", speaker),
        }
    }

    fn without_letter(letter: &'static str, class: &'static str, message: &'static str, speaker: Speaker<'_>) -> Self {
        Self { letter, class, is_estimated: false, spoken: speaker.say(message).into_owned() }
    }

    fn estimated_letter(grade: Grade, speaker: Speaker<'_>) -> Self {
        let spoken = speaker.say_with("grade-spoken-estimated", &[("letter", capital(grade).into())]);
        Self { is_estimated: true, spoken, ..Self::letter(grade, speaker) }
    }

    /// The badge of a letter.
    pub fn letter(grade: Grade, speaker: Speaker<'_>) -> Self {
        let letter = capital(grade);
        let spoken = speaker.say_with("grade-spoken", &[("letter", letter.into())]);
        Self { letter, class: grade.as_str(), is_estimated: false, spoken }
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

//! What is known of a food for a diet, with what is unknown kept apart from what is not so.

use serde::{Deserialize, Serialize};

/// What a record says about a question of diet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// An ingredient may or may not make it so.
    Maybe,
    /// Nobody has said; never to be shown as safe.
    #[default]
    Unknown,
}

/// Answers of the ingredients analysis (`ingredients_analysis_tags`, labels).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Analysis {
    /// Without anything from animals.
    pub vegan: Verdict,
    /// Without meat or fish.
    pub vegetarian: Verdict,
    /// Without palm oil.
    pub palm_oil_free: Verdict,
}

impl Analysis {
    /// Reads the tags of the analysis and of the labels. A label wins: it is the producer's word on
    /// the pack, the analysis a guess from the list of ingredients.
    pub fn from_tags<'a>(
        analysis: impl IntoIterator<Item = &'a str>,
        labels: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut answers = Self::default();
        for tag in analysis {
            answers.read_analysis(tag);
        }
        for tag in labels {
            answers.read_label(tag);
        }
        answers.complete();
        answers
    }

    /// What is vegan is vegetarian, and what is not vegetarian is not vegan.
    fn complete(&mut self) {
        if self.vegan == Verdict::Yes && self.vegetarian != Verdict::No {
            self.vegetarian = Verdict::Yes;
        }
        if self.vegetarian == Verdict::No {
            self.vegan = Verdict::No;
        }
    }

    fn read_analysis(&mut self, tag: &str) {
        match tag {
            "en:vegan" => self.vegan = Verdict::Yes,
            "en:non-vegan" => self.vegan = Verdict::No,
            "en:maybe-vegan" => self.vegan = Verdict::Maybe,
            "en:vegetarian" => self.vegetarian = Verdict::Yes,
            "en:non-vegetarian" => self.vegetarian = Verdict::No,
            "en:maybe-vegetarian" => self.vegetarian = Verdict::Maybe,
            "en:palm-oil-free" => self.palm_oil_free = Verdict::Yes,
            "en:palm-oil" => self.palm_oil_free = Verdict::No,
            "en:may-contain-palm-oil" => self.palm_oil_free = Verdict::Maybe,
            _ => {}
        }
    }

    fn read_label(&mut self, tag: &str) {
        match tag {
            "en:vegan" | "en:european-vegetarian-union-vegan" | "en:the-vegan-society" => {
                self.vegan = Verdict::Yes;
                self.vegetarian = Verdict::Yes;
            }
            "en:non-vegan" => self.vegan = Verdict::No,
            "en:vegetarian" | "en:european-vegetarian-union" | "en:european-vegetarian-union-vegetarian" => {
                self.vegetarian = Verdict::Yes;
            }
            "en:non-vegetarian" => self.vegetarian = Verdict::No,
            "en:no-palm-oil" | "en:palm-oil-free" => self.palm_oil_free = Verdict::Yes,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stands_before_the_analysis() {
        let read = |analysis: &[&'static str], labels: &[&'static str]| {
            Analysis::from_tags(analysis.iter().copied(), labels.iter().copied())
        };
        let analysed = read(&["en:palm-oil-free", "en:non-vegan", "en:maybe-vegetarian"], &[]);
        assert_eq!(
            (analysed.palm_oil_free, analysed.vegan, analysed.vegetarian),
            (Verdict::Yes, Verdict::No, Verdict::Maybe)
        );

        let labelled = read(&["en:vegan-status-unknown", "en:palm-oil"], &["en:vegan", "en:no-palm-oil"]);
        assert_eq!(
            (labelled.palm_oil_free, labelled.vegan, labelled.vegetarian),
            (Verdict::Yes, Verdict::Yes, Verdict::Yes)
        );

        let nothing_said = read(&["en:palm-oil-content-unknown", "en:vegan-status-unknown"], &["en:organic"]);
        assert_eq!(nothing_said, Analysis::default());
    }

    #[test]
    fn what_is_vegan_is_vegetarian_and_meat_is_neither() {
        let read = |tag: &'static str| Analysis::from_tags([tag], []);
        assert_eq!(read("en:vegan").vegetarian, Verdict::Yes);
        assert_eq!(read("en:non-vegetarian").vegan, Verdict::No);
    }
}

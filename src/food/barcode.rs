//! Barcodes, normalised as Open Food Facts normalises them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest code that Open Food Facts keeps, in digits.
pub const DIGITS_MAX: usize = 24;

/// A normalised barcode: digits without superfluous leading zeros, padded to 8 or to 13.
///
/// Up to 8 significant digits are padded to 8, 9 to 12 to 13, longer codes stay as they are
/// (Open Food Facts, "Barcode normalization"). Two spellings of one code are therefore equal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Barcode(u128);

/// Why a text is not a barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BarcodeError {
    /// Nothing but zeros, or nothing at all.
    #[error("a barcode has at least one digit other than zero")]
    Empty,
    /// A character that is no ASCII digit.
    #[error("a barcode is made of digits only")]
    NotDigits,
    /// More than [`DIGITS_MAX`] digits.
    #[error("a barcode has at most {DIGITS_MAX} digits")]
    TooLong,
}

impl Barcode {
    /// The code as a number; with the padding rule it identifies the barcode.
    pub fn number(self) -> u128 {
        self.0
    }

    /// The barcode of a stored [`number`](Self::number).
    pub fn from_number(number: u128) -> Self {
        Self(number)
    }

    /// Whether the last digit is the GS1 check digit (mod 10) of the others.
    ///
    /// Some producers invent codes: a wrong digit is worth a note, never a refusal.
    pub fn has_valid_check_digit(self) -> bool {
        let digits = self.to_string();
        let sum: u32 = digits
            .bytes()
            .rev()
            .enumerate()
            .map(|(place, digit)| u32::from(digit - b'0') * if place % 2 == 1 { 3 } else { 1 })
            .sum();
        sum.is_multiple_of(10)
    }
}

impl FromStr for Barcode {
    type Err = BarcodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.trim().trim_start_matches('0');
        if text.trim().bytes().any(|byte| !byte.is_ascii_digit()) {
            return Err(BarcodeError::NotDigits);
        }
        if digits.len() > DIGITS_MAX {
            return Err(BarcodeError::TooLong);
        }
        digits.parse().map(Self).map_err(|_| BarcodeError::Empty)
    }
}

impl fmt::Display for Barcode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 100_000_000 { write!(formatter, "{:08}", self.0) } else { write!(formatter, "{:013}", self.0) }
    }
}

impl fmt::Debug for Barcode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Barcode({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_code_are_equal_and_padded_as_open_food_facts_does() {
        for (written, normalised) in [
            ("3017620422003", "3017620422003"),
            ("0003017620422003", "3017620422003"),
            ("737628064502", "0737628064502"),
            ("20000011", "20000011"),
            ("000020000011", "20000011"),
            ("123", "00000123"),
            ("123456789", "0000123456789"),
            (" 3017620422003\n", "3017620422003"),
            ("12345678901234", "12345678901234"),
            ("1234567890123456789012", "1234567890123456789012"),
        ] {
            assert_eq!(written.parse::<Barcode>().map(|code| code.to_string()).as_deref(), Ok(normalised));
        }
    }

    #[test]
    fn what_is_no_barcode_is_refused_with_its_reason() {
        for (written, reason) in [
            ("", BarcodeError::Empty),
            ("0000", BarcodeError::Empty),
            ("30176x0422003", BarcodeError::NotDigits),
            ("-1", BarcodeError::NotDigits),
            ("1234567890123456789012345", BarcodeError::TooLong),
        ] {
            assert_eq!(written.parse::<Barcode>(), Err(reason), "{written}");
        }
    }

    #[test]
    fn the_check_digit_is_noted_not_required() {
        let parse = |text: &str| text.parse::<Barcode>().expect("digits");
        assert!(parse("3017620422003").has_valid_check_digit());
        assert!(parse("96385074").has_valid_check_digit());
        assert!(!parse("3017620422004").has_valid_check_digit());
    }
}

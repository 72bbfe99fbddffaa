//! One row of the CSV export, which is a TAB separated table whose quotes mean nothing.
//!
//! The export is poorer than the dump: no main language, no names by language, allergens as texts,
//! and one value per nutrient without its source.

use super::assembly::assemble;
use super::nutriments::{self, Amounts, Nutriment};
use super::record::Rejection;
use super::value::Value;
use super::wanted::{Field, Wanted};
use crate::food::product::Product;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Field(Field),
    Nutriment(Nutriment),
    Unwanted,
}

/// The columns of an export, read from its first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    columns: Vec<Column>,
}

impl Header {
    /// Reads the first line; none if it is not that of an export, which has at least a `code` and a
    /// `product_name`.
    pub fn parse(line: &[u8]) -> Option<Self> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let columns: Vec<Column> = line.split(|&byte| byte == b'\t').map(column).collect();
        let has = |field| columns.contains(&Column::Field(field));
        (has(Field::Code) && has(Field::ProductName)).then_some(Self { columns })
    }
}

fn column(name: &[u8]) -> Column {
    if let Some(field) = Field::named(name) {
        Column::Field(field)
    } else if let Some(nutriment) = Nutriment::per_100g(name) {
        Column::Nutriment(nutriment)
    } else {
        Column::Unwanted
    }
}

/// Reads one row under the columns of its file.
pub fn parse(header: &Header, row: &[u8]) -> Result<Product, Rejection> {
    let row = std::str::from_utf8(row.strip_suffix(b"\r").unwrap_or(row)).map_err(|_| Rejection::NotUtf8)?;
    let mut wanted = Wanted::default();
    let mut amounts = Amounts::default();
    let mut cells = row.split('\t');
    for column in &header.columns {
        let cell = cells.next().ok_or(Rejection::WrongColumns)?;
        match column {
            Column::Field(field) => wanted.set(*field, Value::Cell(cell)),
            Column::Nutriment(nutriment) => {
                if let Some(number) = Value::Cell(cell).number() {
                    amounts.set(*nutriment, number, is_estimate(*nutriment));
                }
            }
            Column::Unwanted => {}
        }
    }
    if cells.next().is_some() {
        return Err(Rejection::WrongColumns);
    }
    assemble(&wanted, nutriments::of_row(&wanted, &amounts))
}

/// The export does not say where a value comes from. That of fruit, vegetables and legumes is hardly
/// ever on a label.
fn is_estimate(nutriment: Nutriment) -> bool {
    nutriment == Nutriment::FruitsVegetablesLegumes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::food::allergen::{Allergen, Allergens};
    use crate::food::nutrition::Amount;
    use crate::food::product::Lang;
    use crate::off::record;

    /// Columns and cells of one row.
    fn read(table: &[(&str, &str)]) -> Result<Product, Rejection> {
        let line = |part: fn(&(&str, &str)) -> String| table.iter().map(part).collect::<Vec<_>>().join("\t");
        let header = Header::parse(line(|(column, _)| (*column).to_owned()).as_bytes()).expect("a header");
        parse(&header, line(|(_, cell)| (*cell).to_owned()).as_bytes())
    }

    const PLAIN: [(&str, &str); 2] = [("code", "4000000000013"), ("product_name", "Biscuits \"noisette")];

    #[test]
    fn a_row_gives_the_product_that_the_same_record_gives() {
        let row = [
            ("code", "4000000000013"),
            ("url", "https://world.example/product"),
            ("product_name", "Biscuits \"noisette"),
            ("quantity", "200 g"),
            ("brands", "Essai,Autre"),
            ("brands_tags", "xx:essai,xx:autre"),
            ("categories_tags", "en:snacks,en:null,en:biscuits"),
            ("countries_tags", "en:france"),
            ("labels_tags", "en:organic"),
            ("ingredients_text", "farine, sucre"),
            ("allergens", "en:milk"),
            ("traces_tags", "en:nuts"),
            ("additives_tags", ""),
            ("nutriscore_score", "14"),
            ("nutriscore_grade", "d"),
            ("nova_group", "4"),
            ("environmental_score_grade", "c"),
            ("unique_scans_n", "7"),
            ("completeness", "0.75"),
            ("last_modified_t", "1700000000"),
            ("energy-kj_100g", "1900"),
            ("fat_100g", "18.5"),
            ("sugars_100g", ""),
            ("sodium_100g", "0.2"),
        ];
        let record = json!({
            "code": "4000000000013", "product_name": "Biscuits \"noisette", "quantity": "200 g", "brands": "Essai, Autre",
            "categories_tags": ["en:snacks", "en:biscuits"], "countries_tags": ["en:france"], "labels_tags": ["en:organic"],
            "ingredients_text": "farine, sucre", "allergens_tags": ["en:milk"], "traces_tags": ["en:nuts"], "additives_tags": [],
            "nutriscore_score": 14, "nutriscore_grade": "d", "nova_group": 4, "environmental_score_grade": "c", "unique_scans_n": 7,
            "completeness": 0.75, "last_modified_t": 1_700_000_000,
            "nutriments": {"energy-kj_100g": 1900, "fat_100g": 18.5, "sodium_100g": 0.2}
        });

        assert_eq!(read(&row), record::parse(record.to_string().as_bytes()));
    }

    #[test]
    fn a_row_of_another_length_or_coding_is_rejected() {
        let header = Header::parse(b"code\tproduct_name\tbrands\r").expect("a header");
        for (row, reason) in [
            (b"4000000000013\tTh\xc3\xa9".as_slice(), Rejection::WrongColumns),
            (b"4000000000013\tTh\xc3\xa9\t\t", Rejection::WrongColumns),
            (b"4000000000013\tTh\xe9\t", Rejection::NotUtf8),
            (b"\tTh\xc3\xa9\t", Rejection::NoCode),
            (b"4000000000013\t\t\r", Rejection::NoName),
        ] {
            assert_eq!(parse(&header, row).err(), Some(reason));
        }
        assert!(parse(&header, b"4000000000013\tTh\xc3\xa9\t\r").is_ok());
    }

    #[test]
    fn a_header_needs_a_code_and_a_name() {
        for line in ["", "code", "product_name\tbrands", "code,product_name"] {
            assert_eq!(Header::parse(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn allergens_are_texts_in_any_language() {
        for (cell, allergens) in [
            ("", None),
            ("en:milk,en:gluten", Some([Allergen::Milk, Allergen::Gluten].into_iter().collect())),
            ("Lait, blé tendre", Some([Allergen::Milk, Allergen::Gluten].into_iter().collect())),
            ("fr:poussière", Some(Allergens::OTHER)),
        ] {
            let row = [PLAIN[0], PLAIN[1], ("allergens", cell)];
            assert_eq!(read(&row).expect("a product").allergens, allergens, "{cell}");
        }
        let row = [PLAIN[0], PLAIN[1], ("allergens", ""), ("ingredients_text", "sucre")];
        assert_eq!(read(&row).expect("a product").allergens, Some(Allergens::NONE));
    }

    #[test]
    fn what_the_export_does_not_say_stays_unknown() {
        let product = read(&[PLAIN[0], PLAIN[1], ("fruits-vegetables-legumes_100g", "40")]).expect("a product");

        assert_eq!(product.lang, Lang::UNKNOWN);
        assert_eq!(product.nutrition.fruits_vegetables_legumes_percent, Some(Amount::estimated(40.0)));
    }
}

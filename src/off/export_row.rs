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
    assemble(&wanted, &nutriments::of_row(&wanted, &amounts))
}

/// The export does not say where a value comes from. That of fruit, vegetables and legumes is hardly
/// ever on a label.
fn is_estimate(nutriment: Nutriment) -> bool {
    nutriment == Nutriment::FruitsVegetablesLegumes
}

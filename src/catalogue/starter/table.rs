//! Tables of tab-separated values with a header; every error names its place.

use std::fmt::Display;
use std::str::FromStr;

use super::StarterError;

/// An embedded table.
pub(super) struct Table {
    /// Where it stands in the sources.
    pub(super) file: &'static str,
    /// All of it.
    pub(super) text: &'static str,
}

/// One line below the header.
pub(super) struct Row {
    file: &'static str,
    line: usize,
    /// Heading and cell, in the order of the table.
    cells: Vec<(&'static str, &'static str)>,
}

impl Table {
    /// The lines below the header; refuses one with too few or too many cells.
    pub(super) fn rows(&self) -> Result<Vec<Row>, StarterError> {
        let mut lines = self.text.lines();
        let headings: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
        lines.zip(2..).map(|(text, line)| self.row(&headings, text, line)).collect()
    }

    fn row(&self, headings: &[&'static str], text: &'static str, line: usize) -> Result<Row, StarterError> {
        let values: Vec<&str> = text.split('\t').map(str::trim).collect();
        if values.len() != headings.len() {
            let column = headings.get(values.len()).or(headings.last()).copied().unwrap_or_default().to_owned();
            let what = format!("{} cells where the header has {}", values.len(), headings.len());
            return Err(StarterError { file: self.file, line, column, what });
        }
        Ok(Row { file: self.file, line, cells: headings.iter().copied().zip(values).collect() })
    }
}

impl Row {
    /// The cell of a column, possibly empty.
    pub(super) fn cell(&self, column: &str) -> Result<&'static str, StarterError> {
        self.cells
            .iter()
            .find(|(heading, _)| *heading == column)
            .map(|(_, cell)| *cell)
            .ok_or_else(|| self.error(column, "no such column".to_owned()))
    }

    /// A cell that may not be empty.
    pub(super) fn required(&self, column: &str) -> Result<&'static str, StarterError> {
        Some(self.cell(column)?).filter(|cell| !cell.is_empty()).ok_or_else(|| self.error(column, "empty".to_owned()))
    }

    /// The words of a cell.
    pub(super) fn words(&self, column: &str) -> Result<impl Iterator<Item = &'static str> + use<>, StarterError> {
        Ok(self.cell(column)?.split_ascii_whitespace())
    }

    /// The value of a cell that may not be empty.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T, StarterError> {
        let cell = self.required(column)?;
        cell.parse().map_err(|cause| self.error(column, format!("`{cell}`: {cause}")))
    }

    /// The value of a cell, none if it is empty.
    pub(super) fn optional<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Option<T>, StarterError> {
        if self.cell(column)?.is_empty() { Ok(None) } else { self.parsed(column).map(Some) }
    }

    /// An error in one of its cells.
    pub(super) fn error(&self, column: &str, what: String) -> StarterError {
        StarterError { file: self.file, line: self.line, column: column.to_owned(), what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Table = Table { file: "foods.tsv", text: "name\tfat\nApple\t0.2\nPear\t\nPlum\tmuch\n" };

    #[test]
    fn an_empty_cell_is_unknown_and_a_wrong_one_names_its_place() {
        let rows = TABLE.rows().expect("whole lines");

        assert_eq!(rows[0].optional("fat"), Ok(Some(0.2)));
        assert_eq!(rows[1].optional::<f64>("fat"), Ok(None));
        let refusal = rows[2].optional::<f64>("fat").expect_err("not a number");
        assert_eq!(refusal.to_string(), "foods.tsv, line 4, column `fat`: `much`: invalid float literal");
        let refusal = rows[1].parsed::<f64>("fat").expect_err("empty");
        assert_eq!(refusal.to_string(), "foods.tsv, line 3, column `fat`: empty");
    }

    #[test]
    fn a_line_that_does_not_fit_the_header_is_refused() {
        for text in ["name\tfat\nApple\n", "name\tfat\nApple\t1\t2\n"] {
            let refusal = Table { file: "foods.tsv", text }.rows().err().expect("refused");

            assert_eq!((refusal.line, refusal.column.as_str()), (2, "fat"), "{refusal}");
        }
    }
}

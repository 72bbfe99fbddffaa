//! A product as the store keeps it: compact, versioned, checked.
//!
//! A byte that names the form, then the product in postcard's wire format. The form changes whenever the
//! fields of [`Product`] change, because postcard does not name fields.

use crate::food::product::Product;

/// The form that [`encode`] writes.
pub const VERSION: u8 = 4;

/// Why bytes are not a product.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Nothing at all.
    #[error("the record is empty")]
    Empty,
    /// Written by another version of the program.
    #[error("record of form {0}, this program reads form {VERSION}")]
    UnknownVersion(u8),
    /// The form is known, the bytes do not follow it.
    #[error("the record is damaged: {0}")]
    Damaged(postcard::Error),
    /// The product is followed by something else.
    #[error("the record is damaged: {0} bytes too many")]
    TooLong(usize),
}

/// Appends a product's stored form.
pub fn encode(product: &Product, bytes: &mut Vec<u8>) {
    bytes.push(VERSION);
    postcard::to_io(product, bytes).expect("every length is known and memory takes what is written");
}

/// Reads exactly one stored form.
pub fn decode(bytes: &[u8]) -> Result<Product, RecordError> {
    match bytes.split_first() {
        None => Err(RecordError::Empty),
        Some((&VERSION, fields)) => decode_fields(fields),
        Some((&other, _)) => Err(RecordError::UnknownVersion(other)),
    }
}

fn decode_fields(fields: &[u8]) -> Result<Product, RecordError> {
    let (product, rest) = postcard::take_from_bytes(fields).map_err(RecordError::Damaged)?;
    if rest.is_empty() { Ok(product) } else { Err(RecordError::TooLong(rest.len())) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue::samples::{any_product, spread};

    fn encoded(product: &Product) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(product, &mut bytes);
        bytes
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(product in any_product()) {
            prop_assert_eq!(decode(&encoded(&product)), Ok(product));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let mut versioned = vec![VERSION];
            versioned.extend(&bytes);
            let _ = (decode(&bytes), decode(&versioned));
        }
    }

    #[test]
    fn another_form_is_refused_by_its_number() {
        let mut bytes = encoded(&spread());
        bytes[0] = VERSION + 1;

        assert_eq!(decode(&bytes), Err(RecordError::UnknownVersion(VERSION + 1)));
        assert_eq!(decode(&[]), Err(RecordError::Empty));
    }

    #[test]
    fn a_record_that_is_cut_or_followed_by_something_is_refused() {
        let bytes = encoded(&spread());

        for cut in 1..bytes.len() {
            assert!(matches!(decode(&bytes[..cut]), Err(RecordError::Damaged(_))), "cut at {cut}");
        }
        assert_eq!(decode(&[&bytes[..], &[0, 0]].concat()), Err(RecordError::TooLong(2)));
    }
}

//! The members of a JSON object, found without parsing the values that nobody wants.
//!
//! Most of a dump's line is unwanted. A value is therefore skipped, not parsed: strings by their
//! closing quote, objects and arrays by counting their own kind of bracket outside strings. A
//! well-formed value is always delimited as a full parser would delimit it; a malformed one may
//! pass here and is judged where (and if) it is read.

/// The text is not a JSON object, or ends too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// A key as it stands between its quotes, and its value as it stands in the text.
pub type Member<'a> = (&'a [u8], &'a [u8]);

/// Walks the members of one object.
#[derive(Debug, Clone)]
pub struct Members<'a> {
    bytes: &'a [u8],
    at: usize,
    first: bool,
    ended: bool,
}

/// The members of the object that `bytes` holds, in their order, repeated keys included.
///
/// Spaces around it are allowed, anything else after it is [`Malformed`].
pub fn members(bytes: &[u8]) -> Members<'_> {
    Members { bytes, at: 0, first: true, ended: false }
}

impl<'a> Iterator for Members<'a> {
    type Item = Result<Member<'a>, Malformed>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let member = self.advance().transpose();
        self.ended = !matches!(member, Some(Ok(_)));
        member
    }
}

impl<'a> Members<'a> {
    /// The next member, or none at the end of the object.
    #[inline]
    fn advance(&mut self) -> Result<Option<Member<'a>>, Malformed> {
        if self.first {
            self.first = false;
            self.at = skip_spaces(self.bytes, 0);
            self.expect(b'{')?;
            if self.peek()? == b'}' {
                return self.close();
            }
        } else {
            match self.peek()? {
                b',' => self.at = skip_spaces(self.bytes, self.at + 1),
                b'}' => return self.close(),
                _ => return Err(Malformed),
            }
        }
        self.expect_quote()?;
        let key_start = self.at;
        let key_end = string_end(self.bytes, key_start)?;
        self.at = skip_spaces(self.bytes, key_end);
        self.expect(b':')?;
        let start = self.at;
        let end = value_end(self.bytes, start)?;
        self.at = skip_spaces(self.bytes, end);
        Ok(Some((&self.bytes[key_start..key_end - 1], &self.bytes[start..end])))
    }

    fn peek(&self) -> Result<u8, Malformed> {
        self.bytes.get(self.at).copied().ok_or(Malformed)
    }

    fn expect_quote(&mut self) -> Result<(), Malformed> {
        if self.peek()? != b'"' {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    /// Passes one byte and the spaces after it.
    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.peek()? != byte {
            return Err(Malformed);
        }
        self.at = skip_spaces(self.bytes, self.at + 1);
        Ok(())
    }

    fn close(&mut self) -> Result<Option<Member<'a>>, Malformed> {
        let end = skip_spaces(self.bytes, self.at + 1);
        if end == self.bytes.len() { Ok(None) } else { Err(Malformed) }
    }
}

/// The elements of the array that `bytes` holds; none if it is no array, and up to the first fault.
pub fn elements(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let open = skip_spaces(bytes, 0);
    let mut at = (bytes.get(open) == Some(&b'[')).then(|| skip_spaces(bytes, open + 1));
    std::iter::from_fn(move || {
        let start = at.filter(|&start| bytes.get(start).is_some_and(|&byte| byte != b']'))?;
        let end = value_end(bytes, start).ok()?;
        let next = skip_spaces(bytes, end);
        at = (bytes.get(next) == Some(&b',')).then(|| skip_spaces(bytes, next + 1));
        Some(&bytes[start..end])
    })
}

/// The value of one key of an object, the last one if it is repeated.
pub fn member<'a>(object: &'a [u8], key: &str) -> Option<&'a [u8]> {
    members(object).map_while(Result::ok).filter(|(name, _)| *name == key.as_bytes()).last().map(|(_, value)| value)
}

#[inline]
fn skip_spaces(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')) {
        at += 1;
    }
    at
}

/// The place after the closing quote of the string whose content starts at `at`.
#[inline]
fn string_end(bytes: &[u8], mut at: usize) -> Result<usize, Malformed> {
    loop {
        let found = find(bytes, at, [b'"', b'\\']).ok_or(Malformed)?;
        if bytes[found] == b'"' {
            return Ok(found + 1);
        }
        at = found + 2;
    }
}

/// The first place from `at` on that holds one of the needles.
///
/// Most strings of a record are shorter than a vector search takes to begin, so that eight bytes at
/// a time in a plain register are faster: a byte of `word ^ pattern` is zero where the needle is, and
/// subtracting one from each byte sets the high bit of the first zero.
#[inline]
fn find<const NEEDLES: usize>(bytes: &[u8], mut at: usize, needles: [u8; NEEDLES]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);
    while let Some((word, _)) = bytes.get(at..)?.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let mut found = 0;
        for needle in needles {
            let difference = word ^ (ONES * u64::from(needle));
            found |= difference.wrapping_sub(ONES) & !difference & HIGHS;
        }
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    bytes[at..].iter().position(|byte| needles.contains(byte)).map(|place| at + place)
}

/// The place after the value that starts at `at`.
#[inline]
fn value_end(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    match bytes.get(at).ok_or(Malformed)? {
        b'"' => string_end(bytes, at + 1),
        b'{' => nested_end(bytes, at, b'{', b'}'),
        b'[' => nested_end(bytes, at, b'[', b']'),
        b',' | b'}' | b']' | b':' => Err(Malformed),
        _ => Ok(scalar_end(bytes, at)),
    }
}

/// The place after a number, `true`, `false` or `null`.
#[inline]
fn scalar_end(bytes: &[u8], at: usize) -> usize {
    let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
    bytes[at..].iter().position(ends).map_or(bytes.len(), |length| at + length)
}

/// The place after the object or array that opens at `at`.
#[inline]
fn nested_end(bytes: &[u8], at: usize, open: u8, close: u8) -> Result<usize, Malformed> {
    let mut depth = 0usize;
    let mut at = at;
    loop {
        let found = find(bytes, at, [b'"', open, close]).ok_or(Malformed)?;
        at = found + 1;
        match bytes[found] {
            b'"' => at = string_end(bytes, at)?,
            byte if byte == open => depth += 1,
            _ => {
                depth -= 1;
                if depth == 0 {
                    return Ok(at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    fn text(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).expect("cut between characters")
    }

    fn scanned(json: &str) -> Result<BTreeMap<String, &str>, Malformed> {
        let plain = |key| serde_json::from_str(&format!("\"{}\"", text(key))).expect("a key");
        members(json.as_bytes()).map(|member| member.map(|(key, raw)| (plain(key), text(raw)))).collect()
    }

    fn parsed(json: &str) -> Option<BTreeMap<String, &RawValue>> {
        serde_json::from_str(json).ok()
    }

    #[test]
    fn members_are_cut_where_a_full_parser_cuts_them() {
        for (object, expected) in [
            ("{}", vec![]),
            (" { } \n", vec![]),
            (r#"{"a":1}"#, vec![("a", "1")]),
            (
                r#"{"a":"x,}\"]","b":[1,"]",{"c":"}"}],"d":null}"#,
                vec![("a", r#""x,}\"]""#), ("b", r#"[1,"]",{"c":"}"}]"#), ("d", "null")],
            ),
            ("{ \"a\" : -1.5e3 ,\t\"b\" : { } }", vec![("a", "-1.5e3"), ("b", "{ }")]),
            (r#"{"a\\":"\\"}"#, vec![(r"a\\", r#""\\""#)]),
        ] {
            let found: Result<Vec<_>, _> =
                members(object.as_bytes()).map(|member| member.map(|(key, raw)| (text(key), text(raw)))).collect();
            assert_eq!(found, Ok(expected), "{object}");
        }
    }

    #[test]
    fn what_is_not_one_whole_object_is_malformed() {
        for text in [
            "",
            " ",
            "[]",
            "null",
            "{",
            r#"{"a"#,
            r#"{"a""#,
            r#"{"a":"#,
            r#"{"a":1"#,
            r#"{"a":1,"#,
            r#"{"a":1,}"#,
            r#"{"a":}"#,
            r#"{"a":"x"#,
            r#"{"a":"x\"#,
            r#"{"a":[1}"#,
            r#"{"a":{}"#,
            r#"{"a" 1}"#,
            r#"{"a":1 "b":2}"#,
            r#"{"a":1}x"#,
            "{a:1}",
            "{,}",
        ] {
            assert_eq!(members(text.as_bytes()).collect::<Result<Vec<_>, _>>(), Err(Malformed), "{text}");
        }
    }

    #[test]
    fn elements_end_at_the_first_fault() {
        let found = |array: &'static str| elements(array.as_bytes()).map(text).collect::<Vec<_>>();
        assert_eq!(found(r#"[ "a,b" , [1,2], {"c":[]} ,3]"#), [r#""a,b""#, "[1,2]", r#"{"c":[]}"#, "3"]);
        assert_eq!(found("[]"), Vec::<&str>::new());
        assert_eq!(found(r#""no array""#), Vec::<&str>::new());
        assert_eq!(found(r"[1,2"), ["1", "2"]);
    }

    #[test]
    fn of_a_repeated_key_the_last_value_counts() {
        assert_eq!(member(br#"{"a":1,"b":2,"a":3}"#, "a"), Some(b"3".as_slice()));
    }

    /// Any JSON, with keys and texts that try the scanner.
    fn json() -> impl Strategy<Value = serde_json::Value> {
        let word = || prop_oneof![r#"[a-z"\\{}\[\],: é\n]{0,8}"#, "[a-z_]{1,12}"];
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            word().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                prop::collection::btree_map(word(), inner, 0..6)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_object_is_scanned_as_a_full_parser_reads_it(value in json(), pretty: bool) {
            let written = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let written = written.expect("JSON");

            match parsed(&written) {
                Some(full) => {
                    let full: BTreeMap<_, _> = full.iter().map(|(key, raw)| (key.clone(), raw.get())).collect();
                    prop_assert_eq!(scanned(&written), Ok(full));
                }
                None => prop_assert!(scanned(&written).is_err()),
            }
        }

        #[test]
        fn an_object_cut_short_is_malformed(value in json(), cut in any::<prop::sample::Index>()) {
            let object = serde_json::json!({ "only": value }).to_string();
            let short = &object.as_bytes()[..cut.index(object.len())];

            prop_assert!(members(short).any(|member| member.is_err()));
        }

        #[test]
        fn any_bytes_end_the_scan(bytes: Vec<u8>) {
            let steps = members(&bytes).count() + elements(&bytes).count();

            prop_assert!(steps <= bytes.len() + 1);
        }
    }
}

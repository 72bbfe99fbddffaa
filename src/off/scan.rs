//! The members of a JSON object, found without parsing the values that nobody wants.
//!
//! Most of a dump's line is unwanted. A value is therefore skipped, not parsed: strings by their
//! closing quote, objects and arrays by counting their own kind of bracket outside strings. A
//! well-formed value is always delimited as a full parser would delimit it; a malformed one may
//! pass here and is judged where (and if) it is read.

use memchr::{memchr2, memchr3};

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
        let rest = bytes.get(at..).ok_or(Malformed)?;
        let found = at + memchr2(b'"', b'\\', rest).ok_or(Malformed)?;
        if bytes[found] == b'"' {
            return Ok(found + 1);
        }
        at = found + 2;
    }
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
        let rest = bytes.get(at..).ok_or(Malformed)?;
        let found = at + memchr3(b'"', open, close, rest).ok_or(Malformed)?;
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

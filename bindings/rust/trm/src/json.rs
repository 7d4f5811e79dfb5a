//! JSON on one line, to the byte as the command `trm` writes it.

use std::fmt::Write;

/// An object that is being written.
pub(crate) struct Object<'a> {
    to: &'a mut String,
    is_first: bool,
}

impl<'a> Object<'a> {
    pub(crate) fn new(to: &'a mut String) -> Self {
        to.push('{');
        Self { to, is_first: true }
    }

    /// Where the value of a key goes.
    pub(crate) fn key(&mut self, key: &str) -> &mut String {
        if !self.is_first {
            self.to.push_str(", ");
        }
        self.is_first = false;
        text(self.to, key.as_bytes());
        self.to.push_str(": ");
        self.to
    }

    pub(crate) fn text(&mut self, key: &str, value: &str) {
        text(self.key(key), value.as_bytes());
    }

    pub(crate) fn characters(&mut self, key: &str, value: &str) {
        characters(self.key(key), value);
    }

    pub(crate) fn integer(&mut self, key: &str, value: impl Into<u64>) {
        integer(self.key(key), value);
    }

    /// Nine digits find the same float again.
    pub(crate) fn float(&mut self, key: &str, value: f32) {
        float(self.key(key), value, 9);
    }

    pub(crate) fn end(self) {
        self.to.push('}');
    }
}

/// A list, whose values `write` writes.
pub(crate) fn list<T>(
    to: &mut String,
    values: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut String, T),
) {
    to.push('[');
    for (index, value) in values.into_iter().enumerate() {
        to.push_str(if index > 0 { ", " } else { "" });
        write(to, value);
    }
    to.push(']');
}

pub(crate) fn integer(to: &mut String, value: impl Into<u64>) {
    let _ = write!(to, "{}", value.into()); // a String takes everything
}

/// Bytes of UTF-8; of what is none, each byte as that character of Latin-1.
pub(crate) fn text(to: &mut String, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => quoted(to, text, steers),
        Err(_) => characters(to, &crate::text::from_bytes(bytes)),
    }
}

/// Characters of an alphabet.
pub(crate) fn characters(to: &mut String, text: &str) {
    quoted(to, text, |character| !character.is_ascii() || character.is_ascii_control());
}

/// What steers a terminal, or turns the order of letters round.
fn steers(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn quoted(to: &mut String, text: &str, is_escaped: impl Fn(char) -> bool) {
    to.push('"');
    for character in text.chars() {
        if is_escaped(character) {
            let _ = write!(to, "\\u{:04x}", u32::from(character));
        } else {
            to.push_str(if matches!(character, '"' | '\\') { "\\" } else { "" });
            to.push(character);
        }
    }
    to.push('"');
}

/// As C's `%.{digits}g`; null for what is no number.
pub(crate) fn float(to: &mut String, value: f32, digits: usize) {
    if !value.is_finite() {
        to.push_str("null");
        return;
    }
    let (mantissa, exponent) = rounded(value, digits);
    let fraction = |digits: &str| digits.trim_end_matches('0').to_string();
    let dot = |fraction: String| if fraction.is_empty() { fraction } else { format!(".{fraction}") };
    to.push_str(if value.is_sign_negative() { "-" } else { "" });
    if exponent < -4 || exponent >= digits as i32 {
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(to, "{}{}e{sign}{:02}", &mantissa[..1], dot(fraction(&mantissa[1..])), exponent.abs());
    } else if exponent < 0 {
        let _ = write!(to, "0.{}{}", "0".repeat((-1 - exponent) as usize), fraction(&mantissa));
    } else {
        let (whole, rest) = mantissa.split_at(exponent as usize + 1);
        let _ = write!(to, "{whole}{}", dot(fraction(rest)));
    }
}

/// The first decimal digits of a number, half to even, and its exponent. Rust's own rounding of ties has
/// changed once.
fn rounded(value: f32, digits: usize) -> (String, i32) {
    const ALL: usize = 120; // more than any float has
    let exact = format!("{:.ALL$e}", f64::from(value.abs()));
    let (mantissa, exponent) = exact.split_once('e').unwrap_or((&exact, "0"));
    let (all, mut exponent) = (mantissa.replace('.', ""), exponent.parse().unwrap_or(0));
    let mut kept = all.as_bytes()[..digits].to_vec();
    let (is_odd, rest) = (kept[digits - 1] % 2 == 1, &all[digits..]);
    let half = format!("5{}", "0".repeat(rest.len() - 1));
    if *rest > *half || (*rest == *half && is_odd) {
        let nines = kept.iter().rev().take_while(|&&digit| digit == b'9').count();
        kept[digits - nines..].fill(b'0');
        if nines < digits {
            kept[digits - nines - 1] += 1;
        } else {
            kept[0] = b'1';
            exponent += 1;
        }
    }
    (crate::text::from_bytes(&kept), exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: f32, digits: usize) -> String {
        let mut to = String::new();
        float(&mut to, value, digits);
        to
    }

    #[test]
    fn floats_are_those_of_c() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (0.5, "0.5"),
            (0.1, "0.100000001"),
            (-3.75, "-3.75"),
            (0.999_999_94, "0.99999994"),
            (1e-5, "9.99999975e-06"),
            (1e-4, "9.99999975e-05"),
            (0.000_122_070_31, "0.000122070312"),  // a tie: 2^-13
            (0.000_061_035_156, "6.10351562e-05"), // 2^-14
            (0.000_183_105_47, "0.000183105469"),  // 3 x 2^-14 = 0.00018310546875
            (16777216.0, "16777216"),
            (1e9, "1e+09"),
            (999_999_999.0, "1e+09"),
            (3.402_823_5e38, "3.40282347e+38"),
            (1e-45, "1.40129846e-45"),
            (f32::NAN, "null"),
            (f32::NEG_INFINITY, "null"),
        ] {
            assert_eq!(said(value, 9), expected);
        }
        assert_eq!(
            (said(0.5, 6), said(0.97, 6), said(0.123_456_79, 6)),
            ("0.5".into(), "0.97".into(), "0.123457".into())
        );
    }

    #[test]
    fn texts_are_escaped() {
        let mut to = String::new();
        text(&mut to, "a\"b\\\n\u{7f}\u{85}\u{202e}é".as_bytes());
        text(&mut to, b"\xe9<");
        characters(&mut to, "é\u{1}");
        assert_eq!(to, r#""a\"b\\\u000a\u007f\u0085\u202eé""\u00e9<""\u00e9\u0001""#);
    }
}

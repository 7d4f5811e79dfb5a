//! Digits as people write them, for tasks that have them: 0 for a cell that is to be filled in.

use crate::error::{Error, Result, Status};
use crate::info::{Info, Metadata};

/// What digits from 1 on look like; those above 9 are letters.
const CHARACTERS: &[u8] = b"123456789ABCDEFGHIJKLMNOP";

/// The tokens of 0, 1, 2 and so on; none without digits.
#[derive(Debug)]
pub(crate) struct Digits(Vec<Option<i32>>);

impl Digits {
    /// By the model's alphabet: 0 is its own character, or else the blank, which the file may name.
    pub(crate) fn new(info: &Info, metadata: &[(String, Metadata)]) -> Self {
        let find = |key| metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value);
        let alphabet = match find("task.alphabet") {
            Some(Metadata::Bytes(bytes)) => bytes.as_slice(),
            _ => &[],
        };
        let token =
            |character: &u8| alphabet.iter().position(|known| known == character).map(|token| token as i32);
        let blank = match find("task.blank") {
            Some(Metadata::Integer(token)) => i32::try_from(*token).ok(),
            _ => b". _".iter().find_map(token),
        };
        let known: Vec<_> = CHARACTERS.iter().map_while(token).map(Some).collect();
        let zero = token(&b'0').or(blank).filter(|&zero| (zero as u32) < info.vocabulary);
        Self(if known.is_empty() { known } else { [vec![zero], known].concat() })
    }

    /// Adds the tokens of a puzzle's digits.
    pub(crate) fn encode_to(&self, digits: &[i32], tokens: &mut Vec<i32>) -> Result<()> {
        if self.0.is_empty() {
            let sentence =
                "expected text, or tokens by their name (Puzzle::tokens), found numbers: this task has no digits";
            return Err(Error::new(Status::Puzzle, sentence.into()));
        }
        let token = |digit: &i32| *self.0.get(usize::try_from(*digit).ok()?)?;
        let found: Vec<_> = digits.iter().map(token).collect();
        if let Some(cell) = found.iter().position(Option::is_none) {
            let (least, most) = (usize::from(self.0[0].is_none()), self.0.len() - 1);
            let expected = format!("expected a digit from {least} to {most}, found {}", digits[cell]);
            return Err(Error::new(Status::Puzzle, format!("cell {}: {expected}", cell + 1)));
        }
        tokens.extend(found.into_iter().flatten());
        Ok(())
    }

    /// The digit of a token, -1 for a token that is none; without digits the token.
    pub(crate) fn number(&self, token: i32) -> i32 {
        match self.0.iter().position(|&known| known == Some(token)) {
            Some(digit) => digit as i32,
            None if self.0.is_empty() => token,
            None => -1,
        }
    }
}

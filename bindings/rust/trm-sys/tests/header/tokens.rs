//! The header as tokens. Ordinary comments and `#if` and the like are left out.

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// `/** ... */`, which describes what follows.
    Before(String),
    /// `/**< ... */`, which describes what it follows.
    After(String),
    /// The name and the rest of a `#define`.
    Define(String, String),
    /// A name or a number.
    Word(String),
    Sign(char),
}

pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = if rest.starts_with("/*") {
            comment(rest)
        } else if first == '#' {
            directive(rest)
        } else {
            word_or_sign(rest, first)
        };
        tokens.extend(token);
        rest = rest[length..].trim_start();
    }
    tokens
}

fn comment(text: &str) -> (Option<Token>, usize) {
    let end = text.find("*/").expect("a comment that ends") + 2;
    let token = if let Some(body) = text[..end - 2].strip_prefix("/**<") {
        Some(Token::After(prose(body)))
    } else {
        text[..end - 2].strip_prefix("/**").map(|body| Token::Before(prose(body)))
    };
    (token, end)
}

/// Lines without their margin.
fn prose(body: &str) -> String {
    let lines = body.lines().map(|line| {
        let line = line.trim();
        line.strip_prefix('*').map_or(line, str::trim)
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_string()
}

/// Lines that end in a backslash go on in the next one.
fn directive(text: &str) -> (Option<Token>, usize) {
    let mut length = 0;
    for line in text.split_inclusive('\n') {
        length += line.len();
        if !line.ends_with("\\\n") {
            break;
        }
    }
    let line = text[..length].replace("\\\n", " ");
    let token = line.strip_prefix("#define ").map(|definition| {
        let (name, value) = definition.split_once(char::is_whitespace).unwrap_or((definition, ""));
        Token::Define(name.into(), value.trim().into())
    });
    (token, length)
}

fn word_or_sign(text: &str, first: char) -> (Option<Token>, usize) {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let length = text.find(|c| !is_word(c)).unwrap_or(text.len());
    if length > 0 {
        (Some(Token::Word(text[..length].into())), length)
    } else {
        (Some(Token::Sign(first)), first.len_utf8())
    }
}

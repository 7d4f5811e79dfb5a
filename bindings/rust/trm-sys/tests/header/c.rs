//! What the header declares. It understands the C that the headers are written in, and refuses any other.

use crate::tokens::{tokens, Token};
use std::iter::Peekable;
use std::vec::IntoIter;

#[derive(Debug)]
pub enum Item {
    /// `#define NAME 1u`
    Constant {
        documentation: String,
        name: String,
        value: String,
    },
    /// `#define NAME_INIT { ... }`: its values, those in inner braces as one.
    Initialiser {
        name: String,
        values: Vec<String>,
    },
    Enumeration {
        documentation: String,
        name: String,
        values: Vec<Enumerator>,
    },
    /// A struct; one without fields is opaque.
    Structure {
        documentation: String,
        name: String,
        fields: Vec<Variable>,
    },
    Function {
        documentation: String,
        must_check: bool,
        name: String,
        result: Type,
        parameters: Vec<Variable>,
    },
}

#[derive(Debug)]
pub struct Enumerator {
    pub documentation: String,
    pub name: String,
    pub value: String,
}

/// A field or a parameter.
#[derive(Debug)]
pub struct Variable {
    pub documentation: String,
    pub name: String,
    pub kind: Type,
}

#[derive(Clone, Debug)]
pub enum Type {
    Named(String),
    Pointer { to: Box<Type>, is_constant: bool },
    Array { of: Box<Type>, length: String },
    Callback { result: Box<Type>, parameters: Vec<(String, Type)> },
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
}

pub fn parse(text: &str) -> Vec<Item> {
    let mut parser = Parser { tokens: tokens(text).into_iter().peekable() };
    let mut items = Vec::new();
    let mut documentation = String::new();
    while let Some(token) = parser.tokens.next() {
        match token {
            Token::Before(text) => documentation = text,
            Token::Define(name, value) => {
                if name.ends_with("_INIT") {
                    items.push(Item::Initialiser { name, values: initialiser_values(&value) });
                } else if value.starts_with(|first: char| first.is_ascii_digit()) {
                    let value = value.trim_end_matches('u').to_string();
                    items.push(Item::Constant { documentation: documentation.clone(), name, value });
                }
            }
            Token::Word(word) if word == "typedef" => {
                let item = parser.type_definition(std::mem::take(&mut documentation));
                items.push(item);
            }
            Token::Word(word) if word == "TRM_API" => {
                let item = parser.function(std::mem::take(&mut documentation));
                items.push(item);
            }
            Token::Word(word) if word == "extern" => while parser.tokens.next() != Some(Token::Sign('{')) {},
            Token::Sign('}') => {} // of extern "C"
            other => panic!("expected a declaration, found {other:?}"),
        }
    }
    items
}

/// `{ sizeof(x), 0, { 0 } }` as `sizeof(x)`, `0` and `{ 0 }`.
fn initialiser_values(text: &str) -> Vec<String> {
    let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).expect("braces");
    let mut depth = 0;
    let values = inner.split(|c| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    values.map(|value| value.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

impl Parser {
    fn word(&mut self) -> String {
        match self.tokens.next() {
            Some(Token::Word(word)) => word,
            other => panic!("expected a word, found {other:?}"),
        }
    }

    fn sign(&mut self, expected: char) {
        assert_eq!(self.tokens.next(), Some(Token::Sign(expected)));
    }

    fn has_sign(&mut self, sign: char) -> bool {
        self.tokens.next_if_eq(&Token::Sign(sign)).is_some()
    }

    fn has_word(&mut self, word: &str) -> bool {
        self.tokens.next_if_eq(&Token::Word(word.into())).is_some()
    }

    fn documentation_before(&mut self) -> String {
        match self.tokens.next_if(|token| matches!(token, Token::Before(_))) {
            Some(Token::Before(text)) => text,
            _ => String::new(),
        }
    }

    fn documentation_after(&mut self) -> String {
        match self.tokens.next_if(|token| matches!(token, Token::After(_))) {
            Some(Token::After(text)) => text,
            _ => String::new(),
        }
    }

    fn type_definition(&mut self, documentation: String) -> Item {
        let keyword = self.word();
        let tag = self.word();
        let is_opaque = !self.has_sign('{');
        let item = match keyword.as_str() {
            "enum" => Item::Enumeration { documentation, name: tag.clone(), values: self.enumerators() },
            "struct" => {
                let fields = if is_opaque { Vec::new() } else { self.fields() };
                Item::Structure { documentation, name: tag.clone(), fields }
            }
            other => panic!("expected an enum or a struct, found {other}"),
        };
        assert_eq!(self.word(), tag);
        self.sign(';');
        item
    }

    fn enumerators(&mut self) -> Vec<Enumerator> {
        let mut values: Vec<Enumerator> = Vec::new();
        while !self.has_sign('}') {
            let mut documentation = self.documentation_before();
            let name = self.word();
            self.sign('=');
            let value = self.word();
            documentation += &self.documentation_after();
            self.has_sign(',');
            documentation += &self.documentation_after();
            values.push(Enumerator { documentation, name, value });
        }
        values
    }

    fn fields(&mut self) -> Vec<Variable> {
        let mut fields = Vec::new();
        while !self.has_sign('}') {
            let mut documentation = self.documentation_before();
            let (name, kind) = self.declarator();
            let mut names = vec![name];
            while self.has_sign(',') {
                names.push(self.word());
            }
            self.sign(';');
            documentation += &self.documentation_after();
            let field = |name| Variable { documentation: documentation.clone(), name, kind: kind.clone() };
            fields.extend(names.into_iter().map(field));
        }
        fields
    }

    fn function(&mut self, documentation: String) -> Item {
        let must_check = self.has_word("TRM_MUST_CHECK");
        let (name, result) = self.declarator();
        self.sign('(');
        let parameters = self.parameters().into_iter();
        let parameters =
            parameters.map(|(name, kind)| Variable { documentation: String::new(), name, kind }).collect();
        self.sign(';');
        Item::Function { documentation, must_check, name, result, parameters }
    }

    /// Up to and with the closing parenthesis.
    fn parameters(&mut self) -> Vec<(String, Type)> {
        let mut parameters = Vec::new();
        if self.has_word("void") {
            if self.has_sign(')') {
                return parameters;
            }
            parameters.push(self.declarator_of("void".into(), false));
            self.has_sign(',');
        }
        while !self.has_sign(')') {
            parameters.push(self.declarator());
            self.has_sign(',');
        }
        parameters
    }

    fn declarator(&mut self) -> (String, Type) {
        let is_constant = self.has_word("const");
        let base = self.word();
        self.declarator_of(base, is_constant)
    }

    /// `*name`, `name[4]` or `(*name)(parameters)`, after its type.
    fn declarator_of(&mut self, base: String, mut is_constant: bool) -> (String, Type) {
        let mut kind = Type::Named(base);
        while self.has_sign('*') {
            kind = Type::Pointer { to: Box::new(kind), is_constant };
            is_constant = self.has_word("const");
        }
        if self.has_sign('(') {
            self.sign('*');
            let name = self.word();
            self.sign(')');
            self.sign('(');
            return (name, Type::Callback { result: Box::new(kind), parameters: self.parameters() });
        }
        let name = self.word();
        if self.has_sign('[') {
            kind = Type::Array { of: Box::new(kind), length: self.word() };
            self.sign(']');
        }
        (name, kind)
    }
}

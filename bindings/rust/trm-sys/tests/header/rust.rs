//! The header's declarations as Rust, one item after the other.

use crate::c::{Item, Type, Variable};
use std::fmt::Write;

pub fn declarations(begin: &str, items: &[Item]) -> String {
    let mut text = String::from(begin);
    for item in items {
        text.push('\n');
        write_item(&mut text, item, items).expect("writing to a String");
    }
    text
}

fn write_item(to: &mut String, item: &Item, items: &[Item]) -> std::fmt::Result {
    match item {
        Item::Constant { documentation, name, value } => {
            write_documentation(to, "", documentation);
            writeln!(to, "pub const {name}: u32 = {value};")
        }
        Item::Initialiser { name, values } => write_initialiser(to, name, values, items),
        Item::Enumeration { documentation, name, values } => {
            write_documentation(to, "", documentation);
            writeln!(to, "pub type {name} = c_uint;")?;
            for value in values {
                write_documentation(to, "", &value.documentation);
                writeln!(to, "pub const {}: {name} = {};", value.name, value.value)?;
            }
            Ok(())
        }
        Item::Structure { documentation, name, fields } => {
            write_documentation(to, "", documentation);
            if fields.is_empty() {
                write_opaque(to, name)
            } else {
                write_structure(to, name, fields)
            }
        }
        Item::Function { documentation, must_check, name, result, parameters } => {
            writeln!(to, "extern \"C\" {{")?;
            write_documentation(to, "    ", documentation);
            if *must_check {
                writeln!(to, "    #[must_use]")?;
            }
            let parameters = parameters.iter().map(|p| (p.name.clone(), p.kind.clone())).collect::<Vec<_>>();
            writeln!(to, "    pub fn {name}{};\n}}", signature(&parameters, result))
        }
    }
}

fn write_documentation(to: &mut String, margin: &str, documentation: &str) {
    let markdown = documentation.replace("@param ", "* ").replace("@return ", "\n\nReturns ");
    let mut is_item = false; // whose further lines are indented
    for line in markdown.trim_start().replace("\n\n\n", "\n\n").replace('[', "\\[").lines() {
        is_item = line.starts_with("* ") || (is_item && !line.is_empty());
        let indent = if is_item && !line.starts_with("* ") { "  " } else { "" };
        to.push_str(format!("{margin}/// {indent}{line}").trim_end());
        to.push('\n');
    }
}

fn write_opaque(to: &mut String, name: &str) -> std::fmt::Result {
    writeln!(to, "#[repr(C)]\n#[derive(Debug)]\npub struct {name} {{")?;
    writeln!(to, "    opaque: [u8; 0],\n    marker: PhantomData<(*mut u8, PhantomPinned)>,\n}}")
}

fn write_structure(to: &mut String, name: &str, fields: &[Variable]) -> std::fmt::Result {
    writeln!(to, "#[repr(C)]\n#[derive(Clone, Copy, Debug)]\npub struct {name} {{")?;
    for field in fields {
        write_documentation(to, "    ", &field.documentation);
        writeln!(to, "    pub {}: {},", rust_name(&field.name), rust_type(&field.kind))?;
    }
    writeln!(to, "}}")
}

fn write_initialiser(to: &mut String, name: &str, values: &[String], items: &[Item]) -> std::fmt::Result {
    let lower = name.to_lowercase();
    let structure = lower.trim_end_matches("_init");
    let fields = items
        .iter()
        .find_map(|item| match item {
            Item::Structure { name, fields, .. } if name == structure => Some(fields),
            _ => None,
        })
        .unwrap_or_else(|| panic!("{name}: expected a struct {structure}"));
    assert_eq!(values.len(), fields.len(), "{name}");
    writeln!(to, "/// How a [`{structure}`] begins.")?;
    writeln!(to, "pub const {name}: {structure} = {structure} {{")?;
    for (field, value) in fields.iter().zip(values) {
        writeln!(to, "    {}: {},", rust_name(&field.name), rust_value(value, &field.kind))?;
    }
    writeln!(to, "}};")
}

fn rust_value(value: &str, kind: &Type) -> String {
    match kind {
        Type::Pointer { is_constant: true, .. } if value == "NULL" => "null()".into(),
        Type::Pointer { .. } if value == "NULL" => "null_mut()".into(),
        Type::Callback { .. } if value == "NULL" => "None".into(),
        Type::Array { of, length } => {
            let first = value.trim_matches(|c| "{ }".contains(c)).split(',').next().unwrap();
            format!("[{}; {length}]", rust_value(first, of))
        }
        Type::Named(name) if name == "double" && value.chars().all(|c| c.is_ascii_digit()) => {
            format!("{value}.0")
        }
        Type::Named(name) if name == "float" => value.trim_end_matches('f').into(),
        _ => match value.strip_prefix("sizeof(") {
            Some(rest) => format!("size_of::<{}>()", rest.trim_end_matches(')')),
            None => value.to_string(),
        },
    }
}

fn rust_name(name: &str) -> String {
    if name == "type" {
        format!("r#{name}")
    } else {
        name.to_string()
    }
}

fn rust_type(kind: &Type) -> String {
    match kind {
        Type::Pointer { to, is_constant: true } => format!("*const {}", rust_type(to)),
        Type::Pointer { to, is_constant: false } => format!("*mut {}", rust_type(to)),
        Type::Array { of, length } => format!("[{}; {length}]", rust_type(of)),
        Type::Callback { result, parameters } => {
            format!("Option<unsafe extern \"C\" fn{}>", signature(parameters, result))
        }
        Type::Named(name) => match name.as_str() {
            "char" => "c_char".into(),
            "void" => "c_void".into(),
            "int" => "c_int".into(),
            "float" => "f32".into(),
            "double" => "f64".into(),
            "size_t" => "usize".into(),
            "int32_t" => "i32".into(),
            "uint8_t" => "u8".into(),
            "uint32_t" => "u32".into(),
            "uint64_t" => "u64".into(),
            other if other.starts_with("trm_") => other.into(),
            other => panic!("expected a type of the headers, found {other}"),
        },
    }
}

/// `(a: T, b: U) -> V`
fn signature(parameters: &[(String, Type)], result: &Type) -> String {
    let parameters =
        parameters.iter().map(|(name, kind)| format!("{}: {}", rust_name(name), rust_type(kind)));
    let parameters = parameters.collect::<Vec<_>>().join(", ");
    match result {
        Type::Named(name) if name == "void" => format!("({parameters})"),
        _ => format!("({parameters}) -> {}", rust_type(result)),
    }
}

//! Every hand-written statement is one that PostgreSQL can plan: read from the source and prepared with the types that the
//! program binds. (That each `?` has its field is checked when it compiles, by the macro itself.)

use std::path::Path;

use diesel::connection::SimpleConnection;

use crate::harness::Database;

/// A statement as the source has it.
struct Written {
    name: String,
    /// PostgreSQL's names of the types of its places.
    types: Vec<String>,
    sql: String,
}

/// The type PostgreSQL knows for one of diesel's.
fn type_of(diesel: &str) -> String {
    let plain = diesel.trim().trim_start_matches("diesel::sql_types::");
    if let Some(inner) = plain.strip_prefix("Array<").and_then(|rest| rest.strip_suffix('>')) {
        return format!("{}[]", type_of(inner));
    }
    if let Some(inner) = plain.strip_prefix("Nullable<").and_then(|rest| rest.strip_suffix('>')) {
        return type_of(inner);
    }
    match plain {
        "Text" => "text",
        "Uuid" | "SqlUuid" => "uuid",
        "BigInt" => "int8",
        "Integer" => "int4",
        "SmallInt" => "int2",
        "Bool" => "bool",
        "Date" => "date",
        "Timestamptz" => "timestamptz",
        "Binary" | "Bytea" => "bytea",
        "Jsonb" => "jsonb",
        other => panic!("what is {other} in PostgreSQL?"),
    }
    .to_owned()
}

/// From an opening brace or bracket to the one that closes it, texts left alone.
fn block(source: &str) -> &str {
    let (mut depth, mut in_text, mut escaped) = (0, false, false);
    for (at, c) in source.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            '{' | '(' if !in_text => depth += 1,
            '}' | ')' if !in_text => {
                depth -= 1;
                if depth == 0 {
                    return &source[1..at];
                }
            }
            _ => {}
        }
    }
    panic!("a macro is not closed: {}", &source[..source.len().min(80)]);
}

/// The text of a literal: what stands between its quotes, as the compiler reads it.
fn literal(source: &str) -> String {
    let (from, to) = (source.find('"').expect("a text"), source.rfind('"').expect("a text"));
    let mut text = String::new();
    let mut chars = source[from + 1..to].chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('\n')) => while chars.next_if(|c| c.is_whitespace()).is_some() {},
            ('\\', Some('n')) => {
                chars.next();
                text.push('\n');
            }
            ('\\', Some(_)) => text.extend(chars.next()),
            _ => text.push(c),
        }
    }
    text
}

/// The types of a struct's fields: what follows each `=>`, to the comma that ends it.
fn types_in(fields: &str) -> Vec<String> {
    let without_docs: String = fields.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    without_docs.split("=>").skip(1).map(|rest| type_of(rest.split(',').next().unwrap_or_default())).collect()
}

fn written_in(source: &str, into: &mut Vec<Written>) {
    for (at, _) in source.match_indices("\nstatement! {").chain(source.match_indices("\n    statement! {")) {
        let body = block(&source[at + source[at..].find('{').expect("a brace")..]);
        let (head, fields) = body[body.find("struct ").expect("a struct") + 7..].split_once('{').expect("fields");
        let fields = fields.split('}').next().expect("an end");
        let rest = &body[body.find("->").expect("rows")..];
        into.push(Written { name: head.trim().to_owned(), types: types_in(fields), sql: literal(rest) });
    }
    // The statements on balances share their fields.
    for (at, _) in source.match_indices("\nbalance_statement!(") {
        let body = block(&source[at + 19..]);
        let types = ["uuid[]", "int4[]", "text[]", "int8[]"].map(str::to_owned).to_vec();
        into.push(Written { name: body.split(' ').next().unwrap_or_default().to_owned(), types, sql: literal(body) });
    }
}

fn walk(folder: &Path, into: &mut Vec<Written>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, into);
        } else if path.extension().is_some_and(|end| end == "rs") {
            written_in(&std::fs::read_to_string(&path).unwrap(), into);
        }
    }
}

#[test]
fn every_statement_can_be_planned() {
    let mut statements = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut statements);
    assert!(statements.len() > 50, "{} statements: the source is read wrongly", statements.len());
    let database = Database::untouched();
    let (mut conn, mut wrong) = (database.connect(), Vec::new());
    for (n, Written { name, types, sql }) in statements.iter().enumerate() {
        let mut numbered = String::new();
        for (place, part) in sql.split('?').enumerate() {
            if place > 0 {
                numbered.push_str(&format!("${place}"));
            }
            numbered.push_str(part);
        }
        let types = if types.is_empty() { String::new() } else { format!("({})", types.join(", ")) };
        if let Err(error) = conn.batch_execute(&format!("PREPARE s{n}{types} AS {numbered}")) {
            wrong.push(format!("{name}: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

//! A ledger as a file, read as it comes: one row at a time, however long it is.

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use super::face::Row;
use super::served_row::Columns;
use super::site::Streamed;

/// No row is longer, in bytes; what is read ahead is in it.
const MAX_ROW: usize = 1 << 20;

/// How a file ended.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    Whole,
    /// The line broke off: what came is a beginning.
    Broken(String),
    /// It is no file of this kind, or damaged, from here on.
    Unreadable(String),
}

/// Stops a row that never ends. What is allowed is renewed with each row.
struct Bounded {
    from: Box<dyn Read>,
    left: Rc<Cell<usize>>,
}

const TOO_LONG: &str = "a row that does not end";

impl Read for Bounded {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let most = self.left.get().min(to.len());
        if most == 0 && !to.is_empty() {
            return Err(std::io::Error::other(TOO_LONG));
        }
        let read = self.from.read(to.get_mut(..most).unwrap_or_default())?;
        self.left.set(self.left.get() - read.min(most));
        Ok(read)
    }
}

/// Hands each row to `each`, with its number from 1: the row, or what cannot be read in it. Ends early when `each` says
/// so.
pub fn read(file: Streamed, appeal: &str, each: &mut dyn FnMut(u64, Result<Row, String>) -> bool) -> End {
    let left = Rc::new(Cell::new(MAX_ROW));
    let bounded = Bounded { from: file.body, left: left.clone() };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(false).from_reader(bounded);
    let mut record = csv::StringRecord::new();
    let mut columns = None;
    let mut number = 0;
    loop {
        left.set(MAX_ROW);
        match reader.read_record(&mut record) {
            Ok(false) if columns.is_none() => return End::Unreadable("is empty".to_owned()),
            Ok(false) => return End::Whole,
            Ok(true) => {}
            Err(error) => return ending(&error, number),
        }
        let Some(columns) = &columns else {
            columns = Columns::find(&record);
            if columns.is_none() {
                return End::Unreadable("has other columns than a ledger has".to_owned());
            }
            continue;
        };
        number += 1;
        if !each(number, columns.row(&record, appeal)) {
            return End::Whole;
        }
    }
}

fn ending(error: &csv::Error, number: u64) -> End {
    match error.kind() {
        csv::ErrorKind::Io(error) if error.to_string() != TOO_LONG => End::Broken(error.to_string()),
        csv::ErrorKind::Io(_) => End::Unreadable(format!("row {}: {TOO_LONG}", number + 1)),
        csv::ErrorKind::UnequalLengths { .. } => {
            End::Unreadable(format!("row {} has more fields than columns, or fewer", number + 1))
        }
        _ => End::Unreadable(format!("row {} cannot be read: {error}", number + 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "\"log_index\",\"code\",\"kind\",\"day\",\"booked_on\",\"channel\",\"chapter\",\"province\",\"fund\",\"amount_vnd\",\"giver\",\"goods\",\"message_count\",\"reverses\",\"reason\",\"leaf_hash\",\"carried_vnd\"\r\n";

    fn end(text: Vec<u8>) -> (End, u64) {
        let mut many = 0;
        let file = Streamed { log_size: None, body: Box::new(std::io::Cursor::new(text)) };
        let end = read(file, "X", &mut |_, row| {
            assert!(row.is_ok(), "{row:?}");
            many += 1;
            true
        });
        (end, many)
    }

    #[test]
    fn a_file_ends_in_one_of_three_ways() {
        let row = "0,C,GIFT_CASH,2026-11-22,2026-11-22,CASH,68,68,APPEAL:X,5,\"An, và \"\"bạn\"\"\",,,,,ab,0\r\n";
        assert_eq!(end(format!("{HEADER}{row}{row}").into_bytes()), (End::Whole, 2));
        assert!(matches!(end(format!("{HEADER}{row}0,C,GIFT").into_bytes()), (End::Unreadable(_), 1)), "cut within a row");
        assert!(matches!(end(Vec::new()), (End::Unreadable(_), 0)));
        assert!(matches!(end(b"a,b\r\n1,2\r\n".to_vec()), (End::Unreadable(_), 0)));
        let endless = [HEADER.as_bytes(), b"\"", &vec![b'x'; 3 << 20]].concat();
        assert!(matches!(end(endless), (End::Unreadable(why), 0) if why.contains("does not end")));
    }
}

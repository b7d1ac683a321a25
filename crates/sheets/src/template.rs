//! An empty list of a form, to be filled in: columns formatted so that zeros and days survive, choices to pick, and a sheet that
//! explains every column.

use rust_xlsxwriter::{DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook};

use crate::columns::Holds;
use crate::form::{Column, Form};
use crate::write::{Looks, Width, WriteError};

/// The template of a form.
///
/// # Errors
/// Never seen; the writer's own.
pub fn template(form: &Form, english: bool) -> Result<Vec<u8>, WriteError> {
    let (looks, mut workbook) = (Looks::new(), Workbook::new());
    let epoch = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_author("Sổ Nhân Ái").set_creation_datetime(&epoch));
    let last = u32::try_from(form.rows).unwrap_or(10_000);

    let list = workbook.add_worksheet();
    list.set_name(if english { "List" } else { "Danh sách" })?;
    for (n, column) in (0u16..).zip(form.columns) {
        let width = column.width();
        list.set_column_width(n, width.letters())?;
        list.set_column_format(n, looks.of(width))?;
        list.write_string_with_format(0, n, column.heading(english), &looks.heading)?;
        if let Holds::Choice(choices) = column.holds {
            let names: Vec<&str> = choices.iter().map(|(_, vi, en)| if english { *en } else { *vi }).collect();
            list.add_data_validation(1, n, last, n, &DataValidation::new().allow_list_strings(&names)?)?;
        }
    }
    list.set_row_height(0, 32)?;
    list.set_freeze_panes(1, 0)?;

    let guide = workbook.add_worksheet();
    guide.set_name(if english { "Guide" } else { "Hướng dẫn" })?;
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let heads = if english { ["Column", "What to write", "Example"] } else { ["Cột", "Cách ghi", "Ví dụ"] };
    for (n, (head, width)) in (0u16..).zip(heads.into_iter().zip([28.0, 80.0, 28.0])) {
        guide.set_column_width(n, width)?;
        guide.write_string_with_format(0, n, head, &looks.heading)?;
    }
    for (row, column) in (1u32..).zip(form.columns) {
        let note = if english { column.note_en } else { column.note_vi };
        for (n, text) in (0u16..).zip([column.heading(english).as_str(), note, column.example]) {
            guide.write_string_with_format(row, n, text, &wrap)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

impl Column {
    fn heading(&self, english: bool) -> String {
        let name = if english { self.en } else { self.vi };
        if self.required { format!("{name} *") } else { name.to_owned() }
    }

    fn width(&self) -> Width {
        match self.holds {
            Holds::Amount => Width::Amount(18),
            Holds::Day => Width::Day,
            Holds::Text => Width::Text(30),
            _ => Width::Text(18),
        }
    }
}

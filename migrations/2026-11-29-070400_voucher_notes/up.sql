-- What a law in force lets the holder of a paper do with it, printed in one line: data with dates.
CREATE TABLE voucher_note (
    code       text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    vi         text NOT NULL,
    en         text NOT NULL,
    mark       text NOT NULL,
    source     text NOT NULL,
    CONSTRAINT voucher_note_pk PRIMARY KEY (code, valid_from),
    CONSTRAINT voucher_note_code_known CHECK (code IN ('INCOME_TAX_PERSON')),
    CONSTRAINT voucher_note_one_line CHECK (char_length(vi) BETWEEN 1 AND 200 AND char_length(en) BETWEEN 1 AND 200),
    CONSTRAINT voucher_note_mark_known CHECK (mark IN ('S', 'GK', 'REC')),
    CONSTRAINT voucher_note_period_forward CHECK (valid_to > valid_from)
);
INSERT INTO voucher_note (code, valid_from, vi, en, mark, source) VALUES
    ('INCOME_TAX_PERSON', '2026-07-01',
     'Cá nhân được trừ khoản đóng góp này khi tính thuế thu nhập của năm đóng góp, kèm bản sao phiếu này (Nghị định 253/2026/NĐ-CP, Điều 49).',
     'A person may deduct this gift from the income of the year of giving, with a copy of this receipt (Decree 253/2026/NĐ-CP, art. 49).',
     'S', 'Decree 253/2026/NĐ-CP, art. 49(1), (5), in force 1/7/2026');

-- How long records of persons are kept once nothing needs them any more, and what is due, proposed to whoever keeps the persons of the
-- chapter. The law names no number of years for most of them.
ALTER TABLE retention_rule
    DROP CONSTRAINT retention_rule_record_known,
    ADD CONSTRAINT retention_rule_record_known CHECK (record IN ('VOUCHER', 'PERSON', 'APPLICATION', 'MEMBER', 'POST', 'VOLUNTEER', 'CERTIFICATE', 'COMMENDATION', 'ACCESS_RECORD'));
INSERT INTO retention_rule (record, valid_from, years, law_vi, law_en, mark, source) VALUES
    ('PERSON', '2026-01-01', 1, 'Luật 91/2025/QH15, Điều 3, 14: chỉ giữ trong thời gian cần thiết; 1 năm do Hội đặt',
     'Law 91/2025/QH15, articles 3, 14: no longer than needed; 1 year is set by us', 'REC', 'No number in the law: somebody written down who never became anything'),
    ('APPLICATION', '2026-01-01', 1, 'Luật 91/2025/QH15, Điều 3, 14: chỉ giữ trong thời gian cần thiết; 1 năm do Hội đặt',
     'Law 91/2025/QH15, articles 3, 14: no longer than needed; 1 year is set by us', 'REC', 'No number in the law: an application that was refused or withdrawn'),
    ('MEMBER', '2026-01-01', 5, 'Luật 91/2025/QH15, Điều 3, 14: chỉ giữ trong thời gian cần thiết; 5 năm, một nhiệm kỳ, do Hội đặt',
     'Law 91/2025/QH15, articles 3, 14: no longer than needed; 5 years, a term, are set by us', 'REC', 'No number in the law: a membership that has ended'),
    ('POST', '2026-01-01', 10, 'Luật 91/2025/QH15, Điều 3, 14: chỉ giữ trong thời gian cần thiết; 10 năm, hai nhiệm kỳ, do Hội đặt',
     'Law 91/2025/QH15, articles 3, 14: no longer than needed; 10 years, two terms, are set by us', 'REC', 'No number in the law: a post that has ended'),
    ('VOLUNTEER', '2026-01-01', 5, 'Luật 91/2025/QH15, Điều 3, 14: chỉ giữ trong thời gian cần thiết; 5 năm do Hội đặt',
     'Law 91/2025/QH15, articles 3, 14: no longer than needed; 5 years are set by us', 'REC', 'No number in the law: volunteering that has ended'),
    ('CERTIFICATE', '2026-01-01', 5, 'Luật 91/2025/QH15, Điều 3, 14: chỉ giữ trong thời gian cần thiết; 5 năm do Hội đặt',
     'Law 91/2025/QH15, articles 3, 14: no longer than needed; 5 years are set by us', 'REC', 'No number in the law: a certificate that is over, or a course'),
    ('COMMENDATION', '2026-01-01', 10, 'Luật 91/2025/QH15, Điều 3, 14: chỉ giữ trong thời gian cần thiết; 10 năm do Hội đặt',
     'Law 91/2025/QH15, articles 3, 14: no longer than needed; 10 years are set by us', 'REC', 'No number in the law: a commendation that was decided on'),
    ('ACCESS_RECORD', '2026-07-01', 1, 'Luật An ninh mạng 116/2025/QH15: nhật ký hệ thống giữ ít nhất 12 tháng',
     'Law on Cyber Security 116/2025/QH15: logs are kept for 12 months at least', 'S', 'Law 116/2025/QH15, Decrees 331/2026/NĐ-CP and 333/2026/NĐ-CP');

-- A person of a chapter whom nothing there needs any more: asked to be erased, kept with a reason, or needed again.
CREATE TABLE retention_proposal (
    id          uuid NOT NULL,
    chapter_id  uuid NOT NULL,
    person_id   uuid NOT NULL,
    -- The rule of what ended last, and since when nothing needs the person.
    record      text NOT NULL,
    due_on      date NOT NULL,
    state       text NOT NULL,
    proposed_at timestamptz NOT NULL,
    decided_by  uuid,
    decided_at  timestamptz,
    request_id  uuid,
    reason      text,
    kept_until  date,
    CONSTRAINT retention_proposal_pk PRIMARY KEY (id),
    CONSTRAINT retention_proposal_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT retention_proposal_person_fk FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT retention_proposal_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT retention_proposal_request_fk FOREIGN KEY (request_id) REFERENCES personal_data_request (id),
    CONSTRAINT retention_proposal_record_known CHECK (record IN ('PERSON', 'APPLICATION', 'MEMBER', 'POST', 'VOLUNTEER', 'CERTIFICATE', 'COMMENDATION', 'VOUCHER')),
    CONSTRAINT retention_proposal_state_known CHECK (state IN ('PROPOSED', 'ASKED', 'KEPT', 'LAPSED')),
    CONSTRAINT retention_proposal_reason_known CHECK (reason IN ('CLAIM', 'ARCHIVE', 'NEEDED_AGAIN', 'OTHER')),
    CONSTRAINT retention_proposal_decided CHECK ((state IN ('ASKED', 'KEPT')) = (decided_by IS NOT NULL) AND (state = 'PROPOSED') = (decided_at IS NULL)),
    CONSTRAINT retention_proposal_asked CHECK ((state = 'ASKED') = (request_id IS NOT NULL)),
    CONSTRAINT retention_proposal_kept CHECK ((state = 'KEPT') = (reason IS NOT NULL) AND (reason IS NULL) = (kept_until IS NULL))
);
CREATE UNIQUE INDEX retention_proposal_waiting_key ON retention_proposal (person_id) WHERE state = 'PROPOSED';
CREATE INDEX retention_proposal_person_idx ON retention_proposal (person_id);
CREATE INDEX retention_proposal_chapter_idx ON retention_proposal (chapter_id, state, due_on, id);
CREATE INDEX retention_proposal_decided_by_idx ON retention_proposal (decided_by);
CREATE INDEX retention_proposal_request_idx ON retention_proposal (request_id);


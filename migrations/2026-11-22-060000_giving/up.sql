-- An appeal is the legal unit of fundraising (DESIGN 5): its own restricted fund, and a quarantine fund for what
-- comes after the end. Its text and dates are versions: extensions are normal.
CREATE TABLE appeal (
    id                 uuid NOT NULL,
    code               text NOT NULL,
    chapter_id         uuid NOT NULL,
    regime             text NOT NULL,
    state              text NOT NULL,
    version            integer NOT NULL,
    fund_id            integer NOT NULL,
    quarantine_fund_id integer NOT NULL,
    created_at         timestamptz NOT NULL,
    created_by         uuid NOT NULL,
    CONSTRAINT appeal_pk PRIMARY KEY (id),
    CONSTRAINT appeal_code_key UNIQUE (code),
    CONSTRAINT appeal_fund_key UNIQUE (fund_id),
    CONSTRAINT appeal_quarantine_fund_key UNIQUE (quarantine_fund_id),
    CONSTRAINT appeal_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT appeal_fund_fk FOREIGN KEY (fund_id) REFERENCES fund (id),
    CONSTRAINT appeal_quarantine_fund_fk FOREIGN KEY (quarantine_fund_id) REFERENCES fund (id),
    CONSTRAINT appeal_created_by_fk FOREIGN KEY (created_by) REFERENCES account (id),
    CONSTRAINT appeal_code_form CHECK (code ~ '^[A-Z0-9]{2,16}(-[A-Z0-9]{1,8})?$'),
    CONSTRAINT appeal_regime_known CHECK (regime IN ('DECREE_93_2021', 'DECREE_03_2026', 'RED_CROSS_LAW', 'FOREIGN_AID')),
    CONSTRAINT appeal_state_known CHECK (state IN ('DRAFT', 'OPEN', 'CLOSED')),
    CONSTRAINT appeal_version_counts CHECK (version >= 1)
);
CREATE INDEX appeal_chapter_idx ON appeal (chapter_id);

CREATE TABLE appeal_version (
    appeal_id     uuid NOT NULL,
    version       integer NOT NULL,
    title         text NOT NULL,
    purpose       text NOT NULL,
    target_vnd    bigint,
    receive_from  date NOT NULL,
    receive_until date NOT NULL,
    state         text NOT NULL,
    recorded_at   timestamptz NOT NULL,
    recorded_by   uuid NOT NULL,
    CONSTRAINT appeal_version_pk PRIMARY KEY (appeal_id, version),
    CONSTRAINT appeal_version_appeal_fk FOREIGN KEY (appeal_id) REFERENCES appeal (id),
    CONSTRAINT appeal_version_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT appeal_version_target_bounded CHECK (target_vnd BETWEEN 1 AND 1000000000000000),
    CONSTRAINT appeal_version_period_forward CHECK (receive_until >= receive_from)
);
CREATE TRIGGER appeal_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON appeal_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Chapters outside the responsible chapter's subtree that may receive for the appeal as well.
CREATE TABLE appeal_share (
    appeal_id  uuid NOT NULL,
    chapter_id uuid NOT NULL,
    CONSTRAINT appeal_share_pk PRIMARY KEY (appeal_id, chapter_id),
    CONSTRAINT appeal_share_appeal_fk FOREIGN KEY (appeal_id) REFERENCES appeal (id),
    CONSTRAINT appeal_share_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id)
);
CREATE INDEX appeal_share_chapter_idx ON appeal_share (chapter_id);

CREATE TABLE gift (
    id            uuid NOT NULL,
    entry_id      uuid NOT NULL,
    chapter_id    uuid NOT NULL,
    appeal_id     uuid,
    party_id      uuid,
    channel       text NOT NULL,
    amount_vnd    bigint NOT NULL,
    received_on   date NOT NULL,
    display       text NOT NULL,
    particulars   bytea,
    paper_book    text,
    paper_no      text,
    message_count integer,
    captured_at   timestamptz,
    request_hash  bytea NOT NULL,
    recorded_at   timestamptz NOT NULL,
    recorded_by   uuid NOT NULL,
    CONSTRAINT gift_pk PRIMARY KEY (id),
    CONSTRAINT gift_entry_key UNIQUE (entry_id),
    CONSTRAINT gift_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT gift_chapter_fk FOREIGN KEY (chapter_id) REFERENCES chapter (id),
    CONSTRAINT gift_appeal_fk FOREIGN KEY (appeal_id) REFERENCES appeal (id),
    CONSTRAINT gift_party_fk FOREIGN KEY (party_id) REFERENCES party (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT gift_recorded_by_fk FOREIGN KEY (recorded_by) REFERENCES account (id),
    CONSTRAINT gift_amount_bounded CHECK (amount_vnd BETWEEN 1 AND 1000000000000000),
    CONSTRAINT gift_channel_known CHECK (channel IN ('CASH', 'BANK_TRANSFER', 'IN_KIND', 'SMS', 'E_WALLET')),
    CONSTRAINT gift_display_known CHECK (display IN ('ANONYMOUS', 'MASKED', 'FULL_NAME')),
    CONSTRAINT gift_paper_slip_whole CHECK ((paper_book IS NULL) = (paper_no IS NULL)),
    CONSTRAINT gift_message_count_bounded CHECK (message_count BETWEEN 1 AND 1000000000)
);
CREATE INDEX gift_chapter_idx ON gift (chapter_id, recorded_at, id);

CREATE TABLE gift_line (
    gift_id        uuid NOT NULL,
    n              smallint NOT NULL,
    item           text NOT NULL,
    quantity_milli bigint NOT NULL,
    unit           text NOT NULL,
    value_vnd      bigint NOT NULL,
    valuation      text NOT NULL,
    CONSTRAINT gift_line_pk PRIMARY KEY (gift_id, n),
    CONSTRAINT gift_line_gift_fk FOREIGN KEY (gift_id) REFERENCES gift (id),
    CONSTRAINT gift_line_item_fk FOREIGN KEY (item) REFERENCES item (code),
    CONSTRAINT gift_line_quantity_bounded CHECK (quantity_milli BETWEEN 1 AND 1000000000000),
    CONSTRAINT gift_line_value_bounded CHECK (value_vnd BETWEEN 1 AND 1000000000000000),
    CONSTRAINT gift_line_valuation_known CHECK (valuation IN ('DONOR_STATED', 'INVOICE', 'MARKET_PRICE', 'PRICE_LIST'))
);

-- A pre-printed slip stands for one gift of its chapter at a time: a reversed gift gives its slip back, so that the
-- gift can be recorded again, rightly, on the same slip.
CREATE TABLE paper_slip (
    chapter_id uuid NOT NULL,
    book       text NOT NULL,
    no         text NOT NULL,
    gift_id    uuid NOT NULL,
    CONSTRAINT paper_slip_pk PRIMARY KEY (chapter_id, book, no),
    CONSTRAINT paper_slip_gift_key UNIQUE (gift_id),
    CONSTRAINT paper_slip_gift_fk FOREIGN KEY (gift_id) REFERENCES gift (id)
);

-- A gift says for ever what its entry says; only who gave, and in which words, may be erased.
CREATE FUNCTION gift_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - '{party_id,particulars}'::text[] <> to_jsonb(OLD) - '{party_id,particulars}'::text[] THEN
        RAISE EXCEPTION 'a gift keeps all but its giver' USING ERRCODE = '23514', CONSTRAINT = 'gift_append_only';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gift_keeps BEFORE UPDATE ON gift FOR EACH ROW EXECUTE FUNCTION gift_keeps();
CREATE TRIGGER gift_append_only BEFORE DELETE OR TRUNCATE ON gift FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER gift_line_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON gift_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A reversal takes two persons: one asks, another with APPROVE decides (DESIGN 4).
CREATE TABLE reversal_request (
    id                  uuid NOT NULL,
    gift_id             uuid NOT NULL,
    reason              text NOT NULL,
    note                bytea,
    request_hash        bytea NOT NULL,
    state               text NOT NULL,
    approver_chapter_id uuid NOT NULL,
    requested_by        uuid NOT NULL,
    requested_at        timestamptz NOT NULL,
    decided_by          uuid,
    decided_at          timestamptz,
    entry_id            uuid,
    CONSTRAINT reversal_request_pk PRIMARY KEY (id),
    CONSTRAINT reversal_request_gift_fk FOREIGN KEY (gift_id) REFERENCES gift (id),
    CONSTRAINT reversal_request_approver_chapter_fk FOREIGN KEY (approver_chapter_id) REFERENCES chapter (id),
    CONSTRAINT reversal_request_requested_by_fk FOREIGN KEY (requested_by) REFERENCES account (id),
    CONSTRAINT reversal_request_decided_by_fk FOREIGN KEY (decided_by) REFERENCES account (id),
    CONSTRAINT reversal_request_entry_fk FOREIGN KEY (entry_id) REFERENCES entry (id),
    CONSTRAINT reversal_request_reason_known CHECK (reason IN ('DUPLICATE', 'WRONG_AMOUNT', 'WRONG_APPEAL', 'WRONG_CHAPTER', 'WRONG_GIVER', 'NOT_RECEIVED', 'OTHER')),
    CONSTRAINT reversal_request_state_known CHECK (state IN ('REQUESTED', 'APPROVED', 'REFUSED')),
    CONSTRAINT reversal_request_decided_whole CHECK ((state = 'REQUESTED') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT reversal_request_approved_books CHECK ((state = 'APPROVED') = (entry_id IS NOT NULL))
);
CREATE INDEX reversal_request_gift_idx ON reversal_request (gift_id);
CREATE UNIQUE INDEX reversal_request_standing_key ON reversal_request (gift_id) WHERE state IN ('REQUESTED', 'APPROVED');
CREATE INDEX reversal_request_open_idx ON reversal_request (approver_chapter_id, requested_at) WHERE state = 'REQUESTED';

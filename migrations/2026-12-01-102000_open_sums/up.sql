-- What is open of advances and on the way of transfers, as pages ask for it: of a fund, of a chapter. Indexes of what is open alone,
-- so that nothing grows with what was cleared and confirmed long ago.
CREATE INDEX advance_open_fund_idx ON advance (fund_id, due_on) WHERE open_vnd > 0;
CREATE INDEX transfer_open_waiting_from_idx ON transfer_open (from_chapter) WHERE outstanding_vnd > 0;
CREATE INDEX transfer_open_waiting_to_idx ON transfer_open (to_chapter) WHERE outstanding_vnd > 0;
CREATE INDEX transfer_open_waiting_fund_idx ON transfer_open (fund) WHERE outstanding_vnd > 0;

-- Where the code of a booking leads: to the drive. In a table of its own, for a table with sealed columns is shut as a whole.
CREATE TABLE public_booking (
    code     text NOT NULL,
    drive_id bigint NOT NULL,
    CONSTRAINT public_booking_pk PRIMARY KEY (code),
    CONSTRAINT public_booking_drive_fk FOREIGN KEY (drive_id) REFERENCES drive (id)
);
CREATE INDEX public_booking_drive_idx ON public_booking (drive_id);
INSERT INTO public_booking (code, drive_id) SELECT code, drive_id FROM booking;
CREATE FUNCTION booking_leads_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO public_booking (code, drive_id) SELECT code, drive_id FROM made;
    RETURN NULL;
END $$;
CREATE TRIGGER booking_leads_on AFTER INSERT ON booking REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION booking_leads_on();
CREATE TRIGGER public_booking_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public_booking
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT (code, drive_id) ON public_booking TO so_nhan_ai_public;
REVOKE SELECT (code, drive_id) ON booking FROM so_nhan_ai_public;

GRANT SELECT (code, drive_id) ON booking TO so_nhan_ai_public;
DROP TRIGGER booking_leads_on ON booking;
DROP FUNCTION booking_leads_on();
DROP TABLE public_booking;

-- cursor.sql - the file for fec-fetch --cursor that a sweep goes on with. Takes sweep_id. Returns
-- its lines, none if the sweep starts from the beginning.

SELECT cursor FROM fec.sweep WHERE sweep_id = :sweep_id AND cursor IS NOT NULL;

-- close.sql - ends a sweep that has nothing to ask. Takes sweep_id, returns no rows.

UPDATE fec.sweep SET complete = true, finished_at = now() WHERE sweep_id = :sweep_id;

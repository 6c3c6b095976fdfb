-- forget.sql - removes a sweep that turned out too large before anything of it was applied. Takes
-- sweep_id, returns no rows.

DELETE FROM fec.sweep WHERE sweep_id = :sweep_id;

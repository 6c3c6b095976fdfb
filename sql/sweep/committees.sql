-- committees.sql - the file for fec-fetch --committees: what a sweep by committee asks for. Takes
-- sweep_id. Returns a row for each committee: its id, and the day from which to read if there is
-- one.

SELECT concat_ws(E'\t', committee_id, min_date)
  FROM fec.sweep_committee
 WHERE sweep_id = :sweep_id
 ORDER BY position;

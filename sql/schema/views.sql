-- Views of the latest cycle of each committee and candidate. Included by schema.sql.
-- An id is in many cycles; these give the row of its latest one.

CREATE OR REPLACE VIEW fec.committee_latest AS
SELECT DISTINCT ON (committee_id) *
  FROM fec.committee
 ORDER BY committee_id, cycle DESC;
COMMENT ON VIEW fec.committee_latest IS 'Each committee as of the latest cycle that it is in.';

CREATE OR REPLACE VIEW fec.candidate_latest AS
SELECT DISTINCT ON (candidate_id) *
  FROM fec.candidate
 ORDER BY candidate_id, cycle DESC;
COMMENT ON VIEW fec.candidate_latest IS 'Each candidate as of the latest cycle that they are in.';

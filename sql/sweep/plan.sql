-- plan.sql - which committees a sweep by committee asks for, in which order, into
-- fec.sweep_committee.
--
-- Takes the psql variables cycle, sweep_id, lookback_days, full (true: all of each, whatever was
-- read before) and committees (ids with blanks between; empty for all).
--
-- All are those that have an extraction state, and those that the API has brought since the last
-- bulk file. Ten are asked for in one call, from the earliest date among them, so committees with
-- like dates stand together. Those that are read whole come last, in calls of their own.

INSERT INTO fec.sweep_committee (sweep_id, position, group_number, committee_id, min_date)
WITH wanted AS (
    SELECT unnest(string_to_array(nullif(:'committees', ''), ' ')) AS committee_id
    UNION
    SELECT committee_id FROM fec.extraction_state WHERE cycle = :cycle AND :'committees' = ''
    UNION
    SELECT committee_id FROM fec.committee JOIN fec.daily_run USING (run_id)
     WHERE committee.cycle = :cycle AND :'committees' = ''
), dated AS (
    SELECT committee_id,
           CASE WHEN NOT :'full' THEN last_contribution_date - :lookback_days END AS min_date
      FROM wanted
      LEFT JOIN (SELECT committee_id, last_contribution_date FROM fec.extraction_state
                  WHERE cycle = :cycle) AS state USING (committee_id)
), placed AS (
    SELECT committee_id, min_date,
           row_number() OVER (ORDER BY min_date NULLS LAST, committee_id) - 1 AS position,
           row_number() OVER (PARTITION BY min_date IS NULL
                              ORDER BY min_date, committee_id) - 1 AS place,
           count(min_date) OVER () AS dated
      FROM dated
)
SELECT :sweep_id, position,
       place / 10 + CASE WHEN min_date IS NULL THEN (dated + 9) / 10 ELSE 0 END,
       committee_id, min_date
  FROM placed;

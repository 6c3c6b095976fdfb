-- batch-committees.sql - what a staged batch of contributions means for each committee. Before the
-- rows are written; part of apply/batch.sql, with its variables. Makes the temporary tables
--   fecpipe_batch    by how many rows a committee grows, and the latest receipt that came
--   fecpipe_recount  committees of which that does not tell all: batch.sql counts again

CREATE TEMPORARY TABLE fecpipe_compared ON COMMIT DROP AS
SELECT staged.committee_id, staged.sub_id, staged.contribution_receipt_date AS receipt_date,
       live.sub_id IS NOT NULL AS was_there, live.committee_id AS was_of,
       live.contribution_receipt_date AS was_on
  FROM fec_staging.:"staging" AS staged
  LEFT JOIN fec.contribution AS live ON live.sub_id = staged.sub_id AND live.cycle = :cycle;

CREATE TEMPORARY TABLE fecpipe_batch ON COMMIT DROP AS
WITH growth AS (
    SELECT committee_id, sum(difference) AS added
      FROM (SELECT committee_id, 1 AS difference FROM fecpipe_compared
             WHERE NOT was_there OR was_of IS DISTINCT FROM committee_id
            UNION ALL
            SELECT was_of, -1 FROM fecpipe_compared
             WHERE was_there AND was_of IS DISTINCT FROM committee_id) AS differences
     GROUP BY committee_id
), latest AS (
    SELECT DISTINCT ON (committee_id) committee_id, receipt_date, sub_id
      FROM fecpipe_compared
     WHERE receipt_date <= current_date
     ORDER BY committee_id, receipt_date DESC, sub_id DESC
)
SELECT committee_id, coalesce(added, 0) AS added, receipt_date, sub_id
  FROM growth FULL JOIN latest USING (committee_id)
 WHERE committee_id IS NOT NULL;

-- A committee whose latest receipt got another date or another committee; and one without a state
-- that may have rows nevertheless. (What reads all counts all at its end.)
CREATE TEMPORARY TABLE fecpipe_recount ON COMMIT DROP AS
SELECT was_of AS committee_id
  FROM fecpipe_compared
  JOIN fec.extraction_state AS state ON state.committee_id = was_of AND state.cycle = :cycle
 WHERE was_on >= state.last_contribution_date
   AND (was_on IS DISTINCT FROM receipt_date
        OR was_of IS DISTINCT FROM fecpipe_compared.committee_id)
UNION
SELECT committee_id FROM fecpipe_batch
 WHERE NOT :covers_all
   AND NOT EXISTS (SELECT FROM fec.extraction_state AS state
                    WHERE state.committee_id = fecpipe_batch.committee_id
                      AND state.cycle = :cycle);

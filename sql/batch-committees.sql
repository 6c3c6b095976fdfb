-- batch-committees.sql - what a staged batch of contributions means for each committee, into the
-- temporary table fecpipe_batch: by how many its rows grow, and its latest receipt. Before the rows
-- are written; part of apply-batch.sql, with its variables.

CREATE TEMPORARY TABLE fecpipe_batch ON COMMIT DROP AS
WITH compared AS (
    SELECT staged.committee_id, staged.sub_id, staged.contribution_receipt_date AS receipt_date,
           live.sub_id IS NOT NULL AS was_there, live.committee_id AS was_of
      FROM fec_staging.:"staging" AS staged
      LEFT JOIN fec.contribution AS live ON live.sub_id = staged.sub_id AND live.cycle = :cycle
), growth AS (
    SELECT committee_id, sum(difference) AS added
      FROM (SELECT committee_id, 1 AS difference FROM compared
             WHERE NOT was_there OR was_of IS DISTINCT FROM committee_id
            UNION ALL
            SELECT was_of, -1 FROM compared WHERE was_there AND was_of IS DISTINCT FROM committee_id
           ) AS differences
     GROUP BY committee_id
), latest AS (
    SELECT DISTINCT ON (committee_id) committee_id, receipt_date, sub_id
      FROM compared
     WHERE receipt_date <= current_date
     ORDER BY committee_id, receipt_date DESC, sub_id DESC
)
SELECT committee_id, coalesce(added, 0) AS added, receipt_date, sub_id
  FROM growth FULL JOIN latest USING (committee_id)
 WHERE committee_id IS NOT NULL;

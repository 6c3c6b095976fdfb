-- report.sql - the page that `pipeline.sh report` prints: one file of HTML that needs nothing else.
--
-- Each of the scripts included below prints one section. Takes what status.sql takes, except runs,
-- and
--   cycle           the cycle to show; if it is empty, that of the last run
--   current_cycle   what to show if nothing was run
--   months          the number of months of changes
--   version, css    the version of fecpipe; the style sheet

-- Text in any other encoding would not be what the page says that it is.
SET client_encoding = 'UTF8';
SET DateStyle = 'ISO';
SET lc_time = 'C';
\ir ../status/temporary.sql
\ir functions.sql
\ir ../status/tables.sql
\ir ../status/runs.sql
\ir ../status/freshness.sql

-- One snapshot for all numbers, whatever is applied meanwhile.
BEGIN ISOLATION LEVEL REPEATABLE READ;

SELECT coalesce(nullif(:'cycle', '')::smallint,
                (SELECT cycle FROM fec.run
                  WHERE status <> 'dry-run'
                  ORDER BY (status = 'complete') DESC, run_id DESC LIMIT 1),
                :current_cycle) AS cycle,
       to_char(now(), 'TZ') AS zone
\gset
SELECT make_date(:cycle - 1, 1, 1) AS first_day, make_date(:cycle, 12, 31) AS last_day
\gset

-- The only pass over the contributions. By committee and day few rows are left, and everything else
-- is summed from them. It is a table because PostgreSQL uses parallel workers to make one.
CREATE TEMPORARY TABLE fecpipe_receipts ON COMMIT DROP AS
SELECT committee_id, contribution_receipt_date AS day, counts_as, count(*) AS rows,
       sum(contribution_receipt_amount) AS amount
  FROM fec.individual_receipt
 WHERE cycle = :cycle
 GROUP BY 1, 2, 3;
-- What counts as received from individuals: refunds are taken off, and all else adds nothing.
ALTER TABLE fecpipe_receipts ADD dollars numeric;
UPDATE fecpipe_receipts
   SET dollars = CASE counts_as WHEN 'received' THEN amount WHEN 'refunded' THEN -amount ELSE 0 END;
ANALYZE fecpipe_receipts;

SELECT coalesce(sum(rows), 0) AS all_rows, coalesce(sum(dollars), 0) AS all_dollars,
       count(DISTINCT committee_id) AS committees
  FROM fecpipe_receipts
\gset

\ir head.sql
\ir days.sql
\ir months.sql
\ir withdrawn.sql
\ir watched.sql
\ir runs.sql
\ir committees.sql
\ir quality.sql
\ir apart.sql
\ir waiting.sql
\ir foot.sql
COMMIT;

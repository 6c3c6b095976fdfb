-- withdrawn.sql - what became of rows that were withdrawn: fec.contribution_withdrawn and the like.
-- Included by answers.sql.
--
-- The rule. When a report is amended, its rows leave the file and come again under new numbers
-- (openFEC#2491). A withdrawn row is looked for by committee and TRAN_ID, the filer's own number,
-- among the rows that came in the same run or later; or by a daily run that began after the last
-- file was made that still had the row, since the API shows an amendment before the file does. Of
-- several the first is taken that is of the same kind of report. `became` is
--
--   renumbered   it is there again, and all that differs is what a new filing changes: sub_id,
--                file_number, image_number, amendment_indicator
--   altered      it is there again, and other columns differ: altered_columns, amount_difference
--   returned     the same number is there again
--   gone         no such row has come
--   untraceable  the row has no TRAN_ID (some paper filings)
--
-- TRAN_ID is unique in a filing only, so a match is likely, not certain (concluded).

-- From which run on a row may be the successor of one that a run has withdrawn.
CREATE OR REPLACE VIEW fec.withdrawing_run AS
SELECT run.run_id, dataset.table_name,
       coalesce((SELECT min(daily.run_id) FROM fec.daily_run AS daily
                  WHERE daily.cycle = run.cycle AND daily.run_id < run.run_id
                    AND daily.began > before.made), run.run_id) AS since_run_id
  FROM fec.run
  JOIN fec.run_dataset AS d USING (run_id)
  JOIN fec.dataset USING (dataset)
  LEFT JOIN LATERAL (
       SELECT least(coalesce(file.last_modified, earlier.started_at), earlier.started_at) AS made
         FROM fec.run AS earlier JOIN fec.run_dataset AS file USING (run_id)
        WHERE earlier.cycle = run.cycle AND earlier.kind = 'monthly'
          AND file.dataset = d.dataset AND file.status = 'applied'
          AND earlier.run_id < run.run_id
        ORDER BY earlier.run_id DESC LIMIT 1) AS before ON true
 WHERE run.kind = 'monthly' AND d.status = 'applied';
COMMENT ON VIEW fec.withdrawing_run IS
    'The monthly runs by table: rows that came from since_run_id on may be what became of rows '
    'that the run has withdrawn.';

\set withdrawn_table contribution
\ir withdrawn-of.sql
\set withdrawn_table committee_contribution
\ir withdrawn-of.sql
\set withdrawn_table committee_transaction
\ir withdrawn-of.sql
\set withdrawn_table operating_expenditure
\ir withdrawn-of.sql

-- write-rows.sql - puts what is staged into fec.TABLE, and what was there into its history. Part of
-- dataset.sql and batch.sql, after count.sql and with its variables.

INSERT INTO fec.:"history" (:row_columns, written_by_run_id, run_id, change)
SELECT :live_columns, live.run_id, :run_id, 'changed'
  FROM fec.:"table" AS live
  JOIN fec_staging.:"staging" AS staged ON staged.:"key" = live.:"key"
 WHERE live.cycle = :cycle AND :visible_differs;

-- A row whose hash alone differs is confirmed, not changed: it keeps the run that brought it. (The
-- other way round, a merged row can differ from the table and have its hash: it lost its cents.)
UPDATE fec.:"table" AS live
   SET row_hash = staged.row_hash
  FROM fec_staging.:"staging" AS staged
 WHERE staged.:"key" = live.:"key" AND live.cycle = :cycle
   AND live.row_hash <> staged.row_hash AND NOT (:visible_differs);

INSERT INTO fec.:"table" AS live (:columns)
SELECT :columns FROM fec_staging.:"staging"
    ON CONFLICT (:"key", cycle) DO UPDATE SET :updates, run_id = excluded.run_id
 WHERE live.row_hash <> excluded.row_hash OR :upsert_differs;

INSERT INTO fec.:"history" (:row_columns, written_by_run_id, run_id, change)
SELECT :live_columns, live.run_id, :run_id, 'withdrawn'
  FROM fec.:"table" AS live
  JOIN fec_staging.:"missing" AS missing ON missing.:"key" = live.:"key"
 WHERE live.cycle = :cycle;

DELETE FROM fec.:"table" AS live
 USING fec_staging.:"missing" AS missing
 WHERE missing.:"key" = live.:"key" AND live.cycle = :cycle;

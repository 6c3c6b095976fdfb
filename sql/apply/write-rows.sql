-- write-rows.sql - puts what is staged into fec.TABLE, and what was there into its history. Part of
-- dataset.sql and rows.sql, after the merging and with their variables.

\if :merges
    UPDATE fec_staging.:"staging" AS staged
       SET seal = :seal_of_staged
      FROM fec.run
     WHERE run.run_id = staged.run_id AND run.kind = 'daily';
\endif

INSERT INTO fec.:"history" (:row_columns, written_by_run_id, run_id, change)
SELECT :live_columns, live.run_id, :run_id, 'changed'
  FROM fec.:"table" AS live
  JOIN fec_staging.:"staging" AS staged ON staged.:"key" = live.:"key"
 WHERE live.cycle = :cycle AND :visible_differs
   AND NOT EXISTS (SELECT FROM fec_staging.:"completed" AS completed
                    WHERE completed.:"key" = live.:"key")
   AND NOT EXISTS (SELECT FROM fec_staging.:"repaired" AS repaired
                    WHERE repaired.:"key" = live.:"key");

-- Of rows that are only completed what they were is kept apart.
\if :merges
    INSERT INTO fec.:"completions" (:row_columns, written_by_run_id, since_run_id, run_id)
    SELECT :live_columns, live.run_id,
           greatest(live.run_id,
                    (SELECT max(earlier.run_id) FROM fec.:"completions" AS earlier
                      WHERE earlier.:"key" = live.:"key" AND earlier.cycle = :cycle)), :run_id
      FROM fec.:"table" AS live
      JOIN fec_staging.:"completed" AS completed ON completed.:"key" = live.:"key"
     WHERE live.cycle = :cycle;
\endif

-- Rows that differ in nothing that can be seen are confirmed: they keep the run that brought them.
UPDATE fec.:"table" AS live
   SET row_hash = staged.row_hash, in_bulk = staged.in_bulk, seal = staged.seal
  FROM fec_staging.:"staging" AS staged
 WHERE staged.:"key" = live.:"key" AND live.cycle = :cycle
   AND (live.row_hash <> staged.row_hash OR live.in_bulk <> staged.in_bulk
        OR live.seal IS DISTINCT FROM staged.seal)
   AND NOT (:visible_differs);

INSERT INTO fec.:"table" AS live (:columns)
SELECT :columns FROM fec_staging.:"staging"
    ON CONFLICT (:"key", cycle) DO UPDATE SET :updates
 WHERE :upsert_differs;

-- A bulk file has had these too, whatever it says of them.
UPDATE fec.:"table" AS live
   SET in_bulk = true, seal = :seal_of_asides
  FROM fec_staging.:"aside" AS aside
 WHERE aside.:"key" = live.:"key" AND live.cycle = :cycle AND NOT live.in_bulk;

INSERT INTO fec.:"history" (:row_columns, written_by_run_id, run_id, change)
SELECT :live_columns, live.run_id, :run_id,
       CASE WHEN live.in_bulk THEN 'withdrawn' ELSE 'unconfirmed' END
  FROM fec.:"table" AS live
  JOIN fec_staging.:"missing" AS missing ON missing.:"key" = live.:"key"
 WHERE live.cycle = :cycle;

DELETE FROM fec.:"table" AS live
 USING fec_staging.:"missing" AS missing
 WHERE missing.:"key" = live.:"key" AND live.cycle = :cycle;

-- What was staged, or left the table, is not damaged any more.
\if :has_damage
    UPDATE fec.damage AS d
       SET repaired_by = :run_id
     WHERE d.table_name = :'table' AND d.cycle = :cycle AND d.repaired_by IS NULL
       AND (EXISTS (SELECT FROM fec_staging.:"staging" AS staged WHERE staged.:"key"::text = d.key)
            OR NOT EXISTS (SELECT FROM fec.:"table" AS live
                            WHERE live.:"key"::text = d.key AND live.cycle = :cycle));
\endif

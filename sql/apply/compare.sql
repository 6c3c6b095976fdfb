-- compare.sql - what the staged records, once merged, are to the table. Part of count.sql and
-- rows.sql, with their variables. Sets ds_inserted, ds_changed, ds_completed, ds_confirmed and
-- ds_repaired.

SELECT count(*) FILTER (WHERE live.:"key" IS NULL) AS ds_inserted,
       count(*) FILTER (WHERE live.:"key" IS NOT NULL AND :visible_differs
                          AND completed.:"key" IS NULL AND repaired.:"key" IS NULL) AS ds_changed,
       count(completed.:"key") AS ds_completed, count(repaired.:"key") AS ds_repaired,
       count(*) FILTER (WHERE live.:"key" IS NOT NULL AND NOT (:visible_differs)) AS ds_confirmed
  FROM fec_staging.:"staging" AS staged
  LEFT JOIN fec.:"table" AS live ON live.:"key" = staged.:"key" AND live.cycle = :cycle
  LEFT JOIN fec_staging.:"completed" AS completed ON completed.:"key" = staged.:"key"
  LEFT JOIN fec_staging.:"repaired" AS repaired ON repaired.:"key" = staged.:"key"
\gset

-- repair.sql - rows that somebody has changed by hand and verify has found (fec.damage). Part of
-- count.sql, after merge-bulk.sql and with its variables. Names in STAGING_repaired those of which
-- the file has the record that they were made of: they become what they were, with their run_id.
-- That is no change of the FEC's, so their history gets nothing.
--
-- Of a row with values of the API it cannot be told what it was: the file's record is taken whole.
-- If the FEC has changed the record meanwhile, what the row was before cannot be told either. In
-- both cases the history gets what the table showed.

\if :has_damage
    INSERT INTO fec_staging.:"repaired"
    SELECT staged.:"key"
      FROM fec_staging.:"staging" AS staged
      JOIN fec.:"table" AS live ON live.:"key" = staged.:"key" AND live.cycle = :cycle
      JOIN fec.damage ON damage.table_name = :'table' AND damage.cycle = :cycle
           AND damage.key = staged.:"key"::text AND damage.repaired_by IS NULL
      JOIN fec.run ON run.run_id = live.run_id AND run.kind = 'monthly'
     WHERE damage.row_hash = staged.row_hash AND :visible_differs;

    -- Those of which only the hash or the like was changed keep their run_id too.
    UPDATE fec_staging.:"staging" AS staged
       SET run_id = live.run_id
      FROM fec.:"table" AS live
     WHERE live.:"key" = staged.:"key" AND live.cycle = :cycle AND :is_damaged
       AND (NOT (:visible_differs)
            OR EXISTS (SELECT FROM fec_staging.:"repaired" AS repaired
                        WHERE repaired.:"key" = staged.:"key"));
\endif

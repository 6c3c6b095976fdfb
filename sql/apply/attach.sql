-- attach.sql - a cycle without a partition takes the staged table as its partition; no row
-- is copied. Part of dataset.sql, with its variables.

SELECT :'table' || '_' || :cycle AS partition,
       :'table' || '_' || :cycle || '_pkey' AS partition_key,
       :'table' || '_cycle' AS cycle_check
\gset

-- The index includes the hash: what the table has (key and hash of every row) is then read from the
-- index alone, in half the time. The CHECK on the cycle spares PostgreSQL a walk over all rows when
-- it attaches the table.
ALTER TABLE fec_staging.:"staging"
    ADD CONSTRAINT :"partition_key" PRIMARY KEY (:"key", cycle) INCLUDE (row_hash);
ALTER TABLE fec_staging.:"staging" ALTER run_id DROP DEFAULT, ALTER in_bulk DROP DEFAULT;
ALTER TABLE fec_staging.:"staging" SET SCHEMA fec;
ALTER TABLE fec.:"staging" RENAME TO :"partition";
ALTER TABLE fec.:"table" ATTACH PARTITION fec.:"partition" FOR VALUES IN (:cycle);
ALTER TABLE fec.:"partition" DROP CONSTRAINT :"cycle_check";

-- The planner must know the rows before anything reads them; the states do, a moment later.
ANALYZE fec.:"partition";

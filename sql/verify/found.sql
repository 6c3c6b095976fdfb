-- found.sql - makes the table into which the keys that fec-dedupe --check names are loaded. Takes
-- cycle, table and key. Returns its name.

SELECT 'verify_' || :cycle AS found
\gset
DROP TABLE IF EXISTS fec_staging.:"found";
CREATE UNLOGGED TABLE fec_staging.:"found" AS
SELECT :"key", row_hash, run_id, run_id AS written_by_run_id FROM fec.:"table" WHERE false;
SELECT :'found';

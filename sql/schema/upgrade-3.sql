-- upgrade-3.sql - what version 3 of the schema adds to a database of version 2. Included by
-- schema.sql, safe to run again.

ALTER TABLE fec.run ADD COLUMN IF NOT EXISTS settings jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN fec.run.settings IS
    'the settings that it was made with: force, max_withdrawn, min_withdrawn, grace_days, uncoded';

ALTER TABLE fec.run_dataset
    ADD COLUMN IF NOT EXISTS staging text,
    ADD COLUMN IF NOT EXISTS first_load boolean,
    ADD COLUMN IF NOT EXISTS known bigint,
    ADD COLUMN IF NOT EXISTS passed bigint,
    ADD COLUMN IF NOT EXISTS completed bigint,
    ADD COLUMN IF NOT EXISTS unconfirmed bigint,
    ADD COLUMN IF NOT EXISTS uncoded bigint,
    ADD COLUMN IF NOT EXISTS other_codes bigint,
    ADD COLUMN IF NOT EXISTS kept_unread bigint,
    ADD COLUMN IF NOT EXISTS rejected_without_key bigint;
ALTER TABLE fec.run_dataset DROP CONSTRAINT IF EXISTS run_dataset_status_check;
ALTER TABLE fec.run_dataset ADD CONSTRAINT run_dataset_status_check
    CHECK (status IN ('staging', 'staged', 'applied', 'skipped', 'absent', 'failed'));
COMMENT ON COLUMN fec.run_dataset.staging IS 'the table in fec_staging that it was loaded into';
COMMENT ON COLUMN fec.run_dataset.first_load IS 'the table had no partition of the cycle';
COMMENT ON COLUMN fec.run_dataset.known IS 'rows that the table had when records were compared';
COMMENT ON COLUMN fec.run_dataset.passed IS 'records that were loaded into the staging table';
COMMENT ON COLUMN fec.run_dataset.completed IS
    'rows of which one source filled in what the other lacks; part of unchanged';
COMMENT ON COLUMN fec.run_dataset.unconfirmed IS
    'rows of the API that no bulk file has confirmed, taken out after the grace';
COMMENT ON COLUMN fec.run_dataset.uncoded IS 'rows of the API that have no receipt_type yet';
COMMENT ON COLUMN fec.run_dataset.other_codes IS
    'rows of the API whose receipt_type belongs to another bulk file';
COMMENT ON COLUMN fec.run_dataset.kept_unread IS
    'rows kept because a rejected line of the file has their key';
COMMENT ON COLUMN fec.run_dataset.rejected_without_key IS
    'rejected lines whose key cannot be read';

ALTER TABLE fec.sweep ADD COLUMN IF NOT EXISTS short bigint;
COMMENT ON COLUMN fec.sweep.short IS
    'rows that the API had counted and that never came; NULL or 0 if all came';

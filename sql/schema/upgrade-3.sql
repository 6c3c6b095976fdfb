-- upgrade-3.sql - brings a database of version 1 or 2 of the schema to version 3. Included by
-- schema.sql, in its transaction and before the files that define the tables: they add what is
-- new as a whole (fec.dataset, fec.contribution_uncoded, the functions), this script changes what
-- is there. Prints what it does.
--
-- New in version 3 is that each row says whether a bulk file has ever had it (in_bulk), and that
-- row_hash is the hash of a bulk record or 0. What version 2 can't tell of a row that a daily run
-- has brought is left open: its hash becomes 0, so that the next bulk file brings its record, and
-- its amendment_indicator, which the API took for something else, becomes NULL until then.

SELECT coalesce(sum(d.inserted + d.changed), 0) AS by_daily_runs,
       to_char(coalesce(sum(d.inserted + d.changed), 0), 'FM999,999,999,990') AS shown
  FROM fec.run_dataset AS d JOIN fec.run AS r USING (run_id)
 WHERE r.kind = 'daily'
\gset upgrade_

SELECT CASE WHEN :upgrade_by_daily_runs = 0 THEN 'This takes a moment.'
            ELSE format('It reads the tables of committees, candidates and contributions once and '
                        'rewrites up to %s rows that daily runs have brought: about a minute for '
                        'each 5 million rows in the tables.', :'upgrade_shown') END AS duration
\gset upgrade_

\echo 'Upgrading the database to version 3 of the schema, all or nothing.' :upgrade_duration

ALTER TABLE fec.run ADD settings jsonb NOT NULL DEFAULT '{}';
ALTER TABLE fec.run_dataset
    ADD staging text,
    ADD first_load boolean,
    ADD known bigint,
    ADD passed bigint,
    ADD completed bigint,
    ADD unconfirmed bigint,
    ADD uncoded bigint,
    ADD other_codes bigint,
    ADD kept_unread bigint,
    ADD rejected_without_key bigint,
    DROP CONSTRAINT run_dataset_status_check,
    ADD CONSTRAINT run_dataset_status_check
        CHECK (status IN ('staging', 'staged', 'applied', 'skipped', 'absent', 'failed'));
-- Version 1 had no sweeps.
ALTER TABLE IF EXISTS fec.sweep ADD short bigint;
DROP FUNCTION fec.refuse_if(boolean, text);

-- What was staged has other columns than it will have. It belongs to runs that are over, or to one
-- that fails for it: fecpipe of version 2 can't write to this database any more.
DO $$
DECLARE
    staging regclass;
BEGIN
    FOR staging IN SELECT oid FROM pg_class
                    WHERE relnamespace = 'fec_staging'::regnamespace AND relkind = 'r'
    LOOP
        EXECUTE format('DROP TABLE %s', staging);
    END LOOP;
END $$;

-- The column. A constant default costs no rewriting; it is true for what bulk files have brought.
-- Partitions keep none, those that are made later have none either.
DO $$
DECLARE
    data regclass;
    part regclass;
    history regclass;
    hash_comment text := 'XXH3 of the bulk record that says the same as the row; 0 if no such '
                         'record has come';
    bulk_comment text := 'a bulk file has had the row; false: only the API has shown it so far';
BEGIN
    FOR data IN SELECT oid FROM pg_class
                 WHERE relnamespace = 'fec'::regnamespace AND relkind = 'p'
    LOOP
        EXECUTE format('ALTER TABLE %s ADD in_bulk boolean NOT NULL DEFAULT true', data);
        EXECUTE format('ALTER TABLE %s ALTER in_bulk DROP DEFAULT', data);
        EXECUTE format('ALTER TABLE ONLY %s ALTER in_bulk SET DEFAULT true', data);
        FOR part IN SELECT data UNION ALL SELECT inhrelid FROM pg_inherits WHERE inhparent = data
        LOOP
            EXECUTE format('COMMENT ON COLUMN %s.row_hash IS %L', part, hash_comment);
            EXECUTE format('COMMENT ON COLUMN %s.in_bulk IS %L', part, bulk_comment);
        END LOOP;
        history := format('fec.%I', (SELECT relname FROM pg_class WHERE oid = data)
                                    || '_history')::regclass;
        EXECUTE format('ALTER TABLE %s ADD in_bulk boolean NOT NULL DEFAULT true', history);
        EXECUTE format('ALTER TABLE %s ALTER in_bulk DROP DEFAULT', history);
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', history,
                       (SELECT relname FROM pg_class WHERE oid = history) || '_change_check');
        EXECUTE format('ALTER TABLE %s ADD CHECK'
                       ' (change IN (''changed'', ''withdrawn'', ''unconfirmed''))', history);
        EXECUTE format('COMMENT ON TABLE %s IS %L', history,
                       format('What rows of fec.%s were before a run changed or removed them.',
                              (SELECT relname FROM pg_class WHERE oid = data)));
        EXECUTE format('COMMENT ON COLUMN %s.row_hash IS %L', history, hash_comment);
        EXECUTE format('COMMENT ON COLUMN %s.run_id IS %L', history,
                       'the run that changed or removed it (fec.run)');
        EXECUTE format('COMMENT ON COLUMN %s.change IS %L', history,
                       'changed, withdrawn (a bulk file no longer has it) or unconfirmed (the API '
                       'had it, no bulk file ever did)');
        EXECUTE format('COMMENT ON COLUMN %s.in_bulk IS %L', history,
                       'a bulk file had had the row by then');
    END LOOP;
END $$;

-- Rows that a daily run brought as they are now. A bulk file has had those of which an earlier
-- version came by a monthly run, and those that a monthly run has left in the table although it
-- was past the grace of version 2, 7 days: it would have withdrawn them.
CREATE FUNCTION pg_temp.settle_rows_of_api(table_name text, bulk_dataset text, more text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    key text;
BEGIN
    SELECT attname INTO STRICT key FROM pg_attribute
     WHERE attrelid = format('fec.%I', table_name)::regclass AND attnum = 1;
    CREATE TEMPORARY TABLE confirming ON COMMIT DROP AS
    SELECT daily.run_id AS daily_run_id, min(monthly.run_id) AS monthly_run_id
      FROM fec.run AS daily
      JOIN fec.run AS monthly ON monthly.cycle = daily.cycle AND monthly.run_id > daily.run_id
      JOIN fec.run_dataset AS d ON d.run_id = monthly.run_id
     WHERE daily.kind = 'daily' AND monthly.kind = 'monthly' AND monthly.status = 'complete'
       AND d.dataset = bulk_dataset AND d.status = 'applied'
       AND least(coalesce(d.last_modified, monthly.started_at), monthly.started_at)
           - interval '7 days' >= daily.started_at
     GROUP BY daily.run_id;
    EXECUTE format(
        'UPDATE fec.%1$I AS live'
        '   SET row_hash = 0 %3$s,'
        '       in_bulk = EXISTS (SELECT FROM confirming WHERE daily_run_id = live.run_id)'
        '           OR EXISTS (SELECT FROM fec.%2$I AS earlier'
        '                        JOIN fec.run ON run.run_id = earlier.written_by_run_id'
        '                       WHERE earlier.%4$I = live.%4$I AND earlier.cycle = live.cycle'
        '                         AND run.kind = ''monthly'')'
        '  FROM fec.run WHERE run.run_id = live.run_id AND run.kind = ''daily''',
        table_name, table_name || '_history', more, key);
    EXECUTE format(
        'UPDATE fec.%1$I AS version SET in_bulk = false'
        '  FROM fec.run WHERE run.run_id = version.written_by_run_id AND run.kind = ''daily'''
        '   AND NOT EXISTS (SELECT FROM confirming WHERE daily_run_id = version.written_by_run_id'
        '                      AND monthly_run_id <= version.run_id)'
        '   AND NOT EXISTS (SELECT FROM fec.%1$I AS earlier'
        '                     JOIN fec.run ON run.run_id = earlier.written_by_run_id'
        '                    WHERE earlier.%2$I = version.%2$I AND earlier.cycle = version.cycle'
        '                      AND earlier.run_id <= version.written_by_run_id'
        '                      AND run.kind = ''monthly'')',
        table_name || '_history', key);
    DROP TABLE confirming;
END $$;

SELECT :upgrade_by_daily_runs > 0 AS any
\gset upgrade_
\if :upgrade_any
    SELECT pg_temp.settle_rows_of_api('contribution', 'indiv', ', amendment_indicator = NULL'),
           pg_temp.settle_rows_of_api('committee', 'cm', ''),
           pg_temp.settle_rows_of_api('candidate', 'cn', '')
    \g (format=unaligned tuples_only=on) /dev/null
\endif
DROP FUNCTION pg_temp.settle_rows_of_api(text, text, text);

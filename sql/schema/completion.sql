-- What rows were before one source filled in what the other lacks. Included by schema.sql.
--
-- Such a row has not changed at the FEC, so its history has no version of it (apply/merge-api.sql,
-- merge-bulk.sql). But who asks how a table was at some time must get the row as it was. TABLE_
-- completion has it, for the tables of which both the API and a bulk file tell.

CREATE OR REPLACE FUNCTION fec.make_completion(table_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    completion text := table_name || '_completion';
    key        text;
BEGIN
    IF to_regclass(format('fec.%I', completion)) IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT attname INTO STRICT key FROM pg_attribute
     WHERE attrelid = format('fec.%I', table_name)::regclass AND attnum = 1;
    EXECUTE format('CREATE TABLE fec.%I (LIKE fec.%I INCLUDING COMMENTS)', completion, table_name);
    EXECUTE format('ALTER TABLE fec.%I RENAME run_id TO written_by_run_id', completion);
    EXECUTE format('ALTER TABLE fec.%I ADD since_run_id bigint NOT NULL,'
                   ' ADD run_id bigint NOT NULL,'
                   ' ADD completed_at timestamptz NOT NULL DEFAULT now()', completion);
    EXECUTE format('CREATE INDEX ON fec.%I (%I, cycle)', completion, key);
    EXECUTE format('CREATE INDEX ON fec.%I (run_id)', completion);
    EXECUTE format('COMMENT ON TABLE fec.%I IS %L', completion,
                   format('What rows of fec.%s were before a run completed them: one source had '
                          'what the other lacks. No change of the FEC''s, so not in the history.',
                          table_name));
    EXECUTE format('COMMENT ON COLUMN fec.%I.written_by_run_id IS %L', completion,
                   'the run_id that the row had');
    EXECUTE format('COMMENT ON COLUMN fec.%I.since_run_id IS %L', completion,
                   'the run from which on the row was like this');
    EXECUTE format('COMMENT ON COLUMN fec.%I.run_id IS %L', completion,
                   'the run that completed it (fec.run)');
    EXECUTE format('COMMENT ON COLUMN fec.%I.completed_at IS %L', completion, 'when that was');
END $$;
COMMENT ON FUNCTION fec.make_completion(text) IS
    'Makes the table of what rows of a table were before they were completed, unless it is there.';

SELECT fec.make_completion(table_name)
  FROM (SELECT DISTINCT table_name FROM fec.merge_rule) AS merging;

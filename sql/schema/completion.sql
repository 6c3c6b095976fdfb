-- What rows were before one source filled in what the other lacks. Included by schema.sql.
--
-- Such a row has not changed at the FEC, so its history has no version of it (apply/merge-api.sql,
-- merge-bulk.sql). But who asks how a table was at some time must get the row as it was. TABLE_
-- completion has it, for the tables of which both the API and a bulk file tell.

CREATE OR REPLACE FUNCTION fec.make_completion(table_name text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT fec.make_versions(table_name, table_name || '_completion',
        'ADD since_run_id bigint NOT NULL, ADD run_id bigint NOT NULL,'
        ' ADD completed_at timestamptz NOT NULL DEFAULT now()',
        jsonb_build_object(
            '', format('What rows of fec.%s were before a run completed them: one source had what '
                       'the other lacks. No change of the FEC''s, so not in the history.',
                       table_name),
            'written_by_run_id', 'the run_id that the row had',
            'since_run_id', 'the run from which on the row was like this',
            'run_id', 'the run that completed it (fec.run)',
            'completed_at', 'when that was'))
$$;
COMMENT ON FUNCTION fec.make_completion(text) IS
    'Makes the table of what rows of a table were before they were completed, unless it is there.';

SELECT fec.make_completion(table_name)
  FROM (SELECT DISTINCT table_name FROM fec.merge_rule) AS merging;

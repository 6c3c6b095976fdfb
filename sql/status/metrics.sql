-- metrics.sql - what a monitor wants to know, in the text format of Prometheus: for each name its
-- meaning, its type, and a line for each set of labels. Takes version, followed (see
-- freshness.sql), quota_limit and quota_left (empty if they are not known).

\ir temporary.sql
\ir tables.sql
\ir runs.sql
\ir freshness.sql

-- A label: name="value".
CREATE FUNCTION pg_temp.label(name text, value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT name || '="'
        || replace(replace(replace(value, '\', '\\'), '"', '\"'), E'\n', '\n') || '"'
$$;

CREATE FUNCTION pg_temp.seconds(moment timestamptz) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT round(extract(epoch FROM moment)::numeric, 3)
$$;

WITH names (place, name, help) AS (
    VALUES (1, 'fecpipe_info', 'The version of fecpipe.'),
           (2, 'fecpipe_database_up',
               'Whether the database could be asked; if not, values may be old.'),
           (3, 'fecpipe_last_success_timestamp_seconds', 'When a run last went well.'),
           (4, 'fecpipe_last_run_timestamp_seconds', 'When the last run ended, well or not.'),
           (5, 'fecpipe_last_run_success', 'Whether the last run went well.'),
           (6, 'fecpipe_last_run_duration_seconds', 'How long the last run took.'),
           (7, 'fecpipe_followed',
               'Whether the cycle is still read, so that its age means something.'),
           (8, 'fecpipe_last_run_rows', 'Rows of the last run, by what became of them.'),
           (9, 'fecpipe_source_modified_timestamp_seconds',
               'Last-Modified of the FEC''s file that a table was made equal to.'),
           (10, 'fecpipe_table_rows', 'Rows in a table.'),
           (11, 'fecpipe_states', 'Committees with an extraction state.'),
           (12, 'fecpipe_states_incomplete', 'Committees that are not read to the end.'),
           (13, 'fecpipe_sweeps_unfinished', 'Sweeps of the API that will be resumed.'),
           (14, 'fecpipe_api_calls_limit', 'Calls of the API that an hour has.'),
           (15, 'fecpipe_api_calls_left', 'Calls of the API that are left in this hour.')
), runs AS (
    SELECT *, pg_temp.label('kind', kind) || ',' || pg_temp.label('cycle', cycle::text) AS labels
      FROM fecpipe_freshness
), states AS (
    SELECT pg_temp.label('cycle', cycle::text) AS labels, count(*) AS states,
           count(*) FILTER (WHERE NOT complete) AS incomplete
      FROM fec.extraction_state GROUP BY cycle
), samples (name, labels, value) AS (
    SELECT 'fecpipe_info', pg_temp.label('version', :'version'), 1::numeric
    UNION ALL
    SELECT 'fecpipe_database_up', NULL, 1
    UNION ALL
    SELECT 'fecpipe_last_success_timestamp_seconds', labels, pg_temp.seconds(last_success)
      FROM runs WHERE last_success IS NOT NULL
    UNION ALL
    SELECT 'fecpipe_last_run_timestamp_seconds', labels, pg_temp.seconds(finished_at) FROM runs
    UNION ALL
    SELECT 'fecpipe_last_run_success', labels, (status = 'complete')::integer FROM runs
    UNION ALL
    SELECT 'fecpipe_followed', labels, is_followed::integer FROM runs
    UNION ALL
    SELECT 'fecpipe_last_run_duration_seconds', labels, seconds FROM runs
    UNION ALL
    SELECT 'fecpipe_last_run_rows',
           concat_ws(',', labels, pg_temp.label('dataset', dataset),
                     pg_temp.label('result', result)),
           coalesce(rows, 0)
      FROM runs JOIN fec.run_dataset AS d USING (run_id)
     CROSS JOIN LATERAL (VALUES ('new', d.inserted), ('changed', d.changed),
                                ('withdrawn', d.withdrawn), ('unchanged', d.unchanged),
                                ('rejected', d.rejected), ('completed', d.completed),
                                ('unconfirmed', d.unconfirmed), ('uncoded', d.uncoded),
                                ('other_codes', d.other_codes)) AS counts (result, rows)
    UNION ALL
    SELECT 'fecpipe_source_modified_timestamp_seconds',
           pg_temp.label('table', table_name) || ',' || pg_temp.label('cycle', cycle::text),
           pg_temp.seconds(last_modified)
      FROM fecpipe_tables WHERE last_modified IS NOT NULL
    UNION ALL
    SELECT 'fecpipe_table_rows',
           pg_temp.label('table', table_name) || ',' || pg_temp.label('cycle', cycle::text), rows
      FROM fecpipe_tables WHERE rows IS NOT NULL
    UNION ALL
    SELECT 'fecpipe_states', labels, states FROM states
    UNION ALL
    SELECT 'fecpipe_states_incomplete', labels, incomplete FROM states
    UNION ALL
    SELECT 'fecpipe_sweeps_unfinished', NULL, count(*)
      FROM fec.sweep WHERE NOT complete AND finished_at IS NULL
    UNION ALL
    SELECT 'fecpipe_api_calls_limit', NULL, nullif(:'quota_limit', '')::numeric
     WHERE :'quota_left' <> ''
    UNION ALL
    SELECT 'fecpipe_api_calls_left', NULL, nullif(:'quota_left', '')::numeric
     WHERE :'quota_left' <> ''
)
SELECT format(E'# HELP %1$s %2$s\n# TYPE %1$s gauge\n', name, help)
    || string_agg(name || coalesce('{' || labels || '}', '') || ' ' || value, E'\n' ORDER BY labels)
  FROM names JOIN samples USING (name)
 WHERE value IS NOT NULL
 GROUP BY place, name, help
 ORDER BY place;

-- json.sql - what status.sql shows, as one JSON object. Takes what that takes.

\ir temporary.sql
\ir tables.sql
\ir runs.sql
\ir freshness.sql
SELECT jsonb_pretty(jsonb_build_object(
    'runs', (
        SELECT coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object(
                   'seconds', round(extract(epoch FROM r.finished_at - r.started_at)::numeric, 1),
                   'datasets', (
                       SELECT coalesce(jsonb_agg(to_jsonb(d) - 'run_id' ORDER BY d.dataset), '[]')
                         FROM fec.run_dataset AS d WHERE d.run_id = r.run_id))
                   ORDER BY r.run_id DESC), '[]')
          FROM (SELECT * FROM fecpipe_runs ORDER BY run_id DESC LIMIT :runs) AS r),
    'freshness', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'kind', kind, 'cycle', cycle, 'state', state, 'followed', is_followed,
                   'last_success', last_success,
                   'age_seconds', round(extract(epoch FROM now() - last_success)),
                   'last_status', status, 'last_run_id', run_id, 'last_finished_at', finished_at,
                   'reason', reason) ORDER BY kind, cycle), '[]')
          FROM fecpipe_freshness),
    'tables', (
        SELECT coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object(
                   'age_seconds', round(extract(epoch FROM now() - t.last_modified)))
                   ORDER BY t.table_name, t.cycle), '[]')
          FROM fecpipe_tables AS t),
    'incomplete_states', (
        SELECT jsonb_build_object(
                   'count', count(*), 'oldest', min(updated_at),
                   'some', coalesce(jsonb_agg(to_jsonb(s) - 'place' ORDER BY place)
                                        FILTER (WHERE place <= 5), '[]'))
          FROM (SELECT committee_id, cycle, last_contribution_date, contribution_count, resume_at,
                       run_id, updated_at,
                       row_number() OVER (ORDER BY updated_at, cycle, committee_id) AS place
                  FROM fec.extraction_state
                 WHERE NOT complete) AS s),
    'unfinished_sweeps', (
        SELECT coalesce(jsonb_agg(to_jsonb(s) - 'cursor' ORDER BY sweep_id), '[]')
          FROM fec.sweep AS s
         WHERE NOT complete AND finished_at IS NULL),
    'next', jsonb_strip_nulls(jsonb_build_object(
        'daily', to_timestamp(nullif(:'next_daily', '')::bigint),
        'monthly', to_timestamp(nullif(:'next_monthly', '')::bigint))),
    'quota', jsonb_strip_nulls(jsonb_build_object(
        'limit', nullif(:'quota_limit', '')::bigint, 'used', nullif(:'quota_used', '')::bigint,
        'left', nullif(:'quota_left', '')::bigint,
        'wait_seconds', nullif(:'quota_wait', '')::numeric))));

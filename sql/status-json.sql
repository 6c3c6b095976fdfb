-- status-json.sql - what status.sql shows, as one JSON object. Takes runs, the number of runs to
-- show.

\ir tables.sql
SELECT jsonb_pretty(jsonb_build_object(
    'runs', (
        SELECT coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object(
                   'seconds', round(extract(epoch FROM r.finished_at - r.started_at)::numeric, 1),
                   'datasets', (
                       SELECT coalesce(jsonb_agg(to_jsonb(d) - 'run_id' ORDER BY d.dataset), '[]')
                         FROM fec.run_dataset AS d WHERE d.run_id = r.run_id))
                   ORDER BY r.run_id DESC), '[]')
          FROM (SELECT * FROM fec.run ORDER BY run_id DESC LIMIT :runs) AS r),
    'tables', (
        SELECT coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object(
                   'age_seconds', round(extract(epoch FROM now() - t.last_modified)))
                   ORDER BY t.table_name, t.cycle), '[]')
          FROM fecpipe_tables AS t)));

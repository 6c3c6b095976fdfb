-- notify.sql - tells whoever listens on the channel fecpipe what a run has done, as JSON. Part of
-- the transaction that makes the run complete: PostgreSQL sends it when that is committed. Takes
-- run_id.

SELECT pg_notify('fecpipe', jsonb_build_object('run_id', run_id, 'kind', kind, 'cycle', cycle,
           'datasets', coalesce((
               SELECT jsonb_object_agg(dataset, jsonb_build_object('new', coalesce(inserted, 0),
                          'changed', coalesce(changed, 0), 'completed', coalesce(completed, 0),
                          'withdrawn', coalesce(withdrawn, 0),
                          'unconfirmed', coalesce(unconfirmed, 0)))
                 FROM fec.run_dataset AS d
                WHERE d.run_id = run.run_id AND d.status = 'applied'), '{}'))::text)
  FROM fec.run
 WHERE run_id = :run_id
\g /dev/null

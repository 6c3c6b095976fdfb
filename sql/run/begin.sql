-- begin.sql - makes the row of a run and cleans up after runs of the cycle that died. The
-- connection holds the cycle's lock. Takes
--   kind            monthly or daily
--   cycle
--   options, host, process_id, version    for people who look into fec.run
--   force           true: the run goes on where it would stop for its data's sake
--   max_withdrawn   how much of a cycle a file may withdraw: a number of rows, or 5%
--   min_withdrawn   a percentage says nothing up to this number of rows
--   grace_days      how old a file must be to speak against younger rows of the API
--   uncoded         count or keep: what becomes of the API's rows that have no code yet
-- Returns the run's number.

SELECT fec.refuse_if(NOT fec.is_cycle(:cycle),
                     format('%s is not a cycle of which the FEC has data', :cycle), 'ZF064')
\g /dev/null
-- A TRUNCATE may have set the numbers back; rows of data have the old ones.
SELECT setval(sequence, last)
  FROM pg_get_serial_sequence('fec.run', 'run_id') AS sequence,
       (SELECT max(run_id) AS last FROM fec.forgotten_run) AS forgotten
 WHERE last > coalesce(pg_sequence_last_value(sequence::regclass), 0)
\g /dev/null
INSERT INTO fec.run (kind, cycle, options, host, process_id, version, settings)
VALUES (:'kind', :cycle, :'options', :'host', :process_id, :'version',
        jsonb_build_object('force', :'force'::boolean, 'max_withdrawn', :'max_withdrawn',
                           'min_withdrawn', :'min_withdrawn'::bigint,
                           'grace_days', :'grace_days'::integer, 'uncoded', :'uncoded'))
RETURNING run_id
\gset
SELECT fec.clean_up_after_dead_runs(:cycle, :run_id)
\g /dev/null
SELECT :run_id;

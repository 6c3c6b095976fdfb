-- since.sql - the run after which changes are wanted. Takes cycle and since, as changes.sql; sets
-- since_run_id.

SELECT :'since' = '' AS is_last, :'since' ~ '^[0-9]{1,18}$' AS is_run
\gset
\if :is_last
    SELECT coalesce(max(run_id) - 1, 0) AS since_run_id
      FROM fec.run WHERE cycle = :cycle AND status = 'complete'
    \gset
\elif :is_run
    SELECT fec.refuse_if(:since > 0 AND NOT EXISTS (SELECT FROM fec.run WHERE run_id = :since),
                         format('there is no run %s', :since), 'ZF064')
    \g (format=unaligned tuples_only=on) /dev/null
    \set since_run_id :since
\else
    \ir ../status/temporary.sql
    CREATE FUNCTION pg_temp.moment(text) RETURNS timestamptz LANGUAGE plpgsql AS $$
    BEGIN
        RETURN $1::timestamptz;
    EXCEPTION WHEN data_exception THEN
        PERFORM fec.refuse_if(true, format('since when? %L is neither the number of a run nor a '
                                           'time such as 2018-03-01 or ''2018-03-01 14:00''', $1),
                              'ZF064');
    END $$;
    SELECT coalesce(max(run_id), 0) AS since_run_id
      FROM fec.run
     WHERE cycle = :cycle AND finished_at <= pg_temp.moment(:'since')
    \gset
\endif

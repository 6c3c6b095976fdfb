-- query.sql - the query whose lines changes.sql describes. Takes cycle, dataset and since_run_id,
-- the run after which changes are wanted; sets query and key (the key column), and header, the
-- names of the columns with tabs between. Prints nothing.

SELECT table_name AS "table", table_name || '_history' AS history, table_name || '_as_of' AS as_of,
       key_column AS key
  FROM fec.dataset WHERE dataset = :'dataset'
\gset
-- Of rows completed before there was TABLE_completion it is not known since when they are there.
SELECT fec.refuse_if(:since_run_id > 0 AND EXISTS (
           SELECT FROM fec.run
             JOIN fec.run_dataset AS d USING (run_id)
             JOIN fec.dataset AS t USING (dataset)
            WHERE run.cycle = :cycle AND run_id > :since_run_id AND t.table_name = :'table'
              AND d.completed > 0
              AND run.started_at < (SELECT max(installed_at) FROM fec.schema_version
                                     WHERE version = 4)),
           'it is not known which rows the runs before the upgrade to version 4 of the schema only '
           'completed: name a later run', 'ZF064')
\g (format=unaligned tuples_only=on) /dev/null
SELECT CASE WHEN to_regclass(format('fec.%I', :'table' || '_completion')) IS NULL
            THEN 'pairs.run_id'
            ELSE format('coalesce((SELECT min(c.written_by_run_id) FROM fec.%I AS c'
                        ' WHERE c.%I = pairs.key AND c.cycle = %s AND c.run_id > %s'
                        ' AND c.written_by_run_id > %4$s), pairs.run_id)',
                        :'table' || '_completion', :'key', :cycle, :since_run_id)
       END AS run_of
\gset
SELECT string_agg(format('(line.version).%I', attname), ', ' ORDER BY attnum) AS values,
       string_agg(format('now.%I', attname), ', ' ORDER BY attnum) AS now,
       string_agg(format('(was.version).%I', attname), ', ' ORDER BY attnum) AS was,
       concat_ws(E'\t', 'change', string_agg(attname, E'\t' ORDER BY attnum), 'run_id') AS header
  FROM fec.columns_of(:'table')
 WHERE visible
\gset

SELECT format($query$
    WITH touched AS (
        SELECT %1$I AS key, bool_or(is_event) AS is_event, max(run_id) AS run_id,
               (array_agg(change ORDER BY run_id DESC))[1] AS last_change
          FROM (SELECT %1$I, false AS is_event, run_id, NULL AS change FROM fec.%2$I
                 WHERE cycle = %5$s AND run_id > %6$s
                UNION ALL
                SELECT %1$I, true, run_id, change FROM fec.%3$I
                 WHERE cycle = %5$s AND run_id > %6$s) AS versions
         GROUP BY 1
    ), was AS (
        SELECT %1$I AS key, version FROM fec.%4$I(%5$s, %6$s::bigint) AS version
         WHERE %1$I IN (SELECT key FROM touched)
    ), pairs AS (
        SELECT touched.*, was.version AS was, CASE WHEN now.%1$I IS NOT NULL THEN now END AS now,
               was.key IS NOT NULL AS was_there, now.%1$I IS NOT NULL AS is_there
          FROM touched LEFT JOIN was USING (key)
          LEFT JOIN fec.%2$I AS now ON now.%1$I = touched.key AND now.cycle = %5$s
         WHERE was.key IS NULL OR now.%1$I IS NULL
            OR is_event AND (%8$s) IS DISTINCT FROM (%9$s)
    )
    SELECT line.change, %7$s,
           CASE WHEN line.change = 'new' THEN %10$s ELSE pairs.run_id END AS run_id
      FROM pairs
     CROSS JOIN LATERAL (VALUES
           (1, 'new', now, is_there AND NOT was_there),
           (2, 'before', was, is_there AND was_there),
           (3, 'after', now, is_there AND was_there),
           (4, last_change, was, was_there AND NOT is_there)
           ) AS line (position, change, version, counts)
     WHERE line.counts
     ORDER BY key, line.position
    $query$, :'key', :'table', :'history', :'as_of', :'cycle', :'since_run_id', :'values', :'now',
    :'was', :'run_of') AS query
\gset

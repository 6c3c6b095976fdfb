-- hashes.sql - which rows of a table, or versions of them, are not what their hash or seal says.
-- Takes what find.sql takes, and
--   found   the table in fec_staging with what fec-dedupe --check has named; it is dropped
--   most    how many rows are listed
--   force   true: marks rows however many they are
-- Returns rows of level, key, message, advice.
--
-- Rows of the table itself are marked: fec.damage notes what they show, and they get row_hash 0, so
-- that the next monthly run meets their record again (apply/repair.sql), and a seal. Very many rows
-- are marked with force only: it is more likely that something else is wrong.

\ir find.sql
SELECT fec.seal_expression(:'table', 'live', :'writer') AS seal_of_live,
       replace(fec.seal_expression(:'table', 'live'), 'live.row_hash', '0::bigint')
           AS seal_of_marked,
       CASE WHEN :'is_table' THEN format('fec.%s %s', :'table', :cycle)
            ELSE format('fec.%s', :'versions') END AS place
\gset

BEGIN;
\if :has_daily
    INSERT INTO fec_staging.:"found"
    SELECT live.:"key", live.row_hash, live.run_id, live.:"writer"
      FROM fec.:"versions" AS live
      LEFT JOIN fec.run ON run.run_id = live.:"writer"
     WHERE live.cycle = :cycle
       AND (live.seal <> :seal_of_live
            OR live.seal IS NULL AND run.kind = 'daily' AND run.started_at >= :'sealed_from');
\else
    INSERT INTO fec_staging.:"found"
    SELECT live.:"key", live.row_hash, live.run_id, live.:"writer"
      FROM fec.:"versions" AS live
     WHERE live.cycle = :cycle AND live.seal <> :seal_of_live;
\endif
ANALYZE fec_staging.:"found";

SELECT count(*) AS rows_found, count(*) > 0 AS has_some,
       :'is_table' AND count(*) > 0
       AND (:'force' OR count(*) <= greatest(1000, (
               SELECT reltuples / 100 FROM pg_class
                WHERE oid = fec.partition_of(:'table', :cycle)))) AS marks,
       :'is_table' AS lists_marked
  FROM fec_staging.:"found"
\gset

\if :marks
    -- A row that is found again before it was repaired keeps the hash that it had at first.
    INSERT INTO fec.damage AS d (table_name, cycle, key, row_hash, run_id, shown)
    SELECT :'table', :cycle, found.:"key"::text, live.row_hash, live.run_id, to_jsonb(live)
      FROM fec_staging.:"found" AS found
      JOIN fec.:"table" AS live ON live.:"key" = found.:"key" AND live.cycle = :cycle
        ON CONFLICT (table_name, cycle, key) DO UPDATE
       SET found_at = excluded.found_at, shown = excluded.shown, repaired_by = NULL,
           run_id = excluded.run_id,
           row_hash = CASE WHEN d.repaired_by IS NULL THEN d.row_hash ELSE excluded.row_hash END;
    UPDATE fec.:"table" AS live
       SET row_hash = 0, seal = :seal_of_marked
      FROM fec_staging.:"found" AS found
     WHERE live.:"key" = found.:"key" AND live.cycle = :cycle;
\endif

SELECT 'found', key, message, advice
  FROM (SELECT found.:"key"::text AS key,
               CASE WHEN :'is_table'
                    THEN format('%s: %s %s is not as run %s wrote it: somebody has changed it',
                                :'place', :'key', found.:"key", found.run_id)
                    ELSE format('%s: the version of %s %s that run %s wrote and run %s replaced is '
                                'not as it was: somebody has changed it', :'place', :'key',
                                found.:"key", written_by_run_id, found.run_id) END AS message,
               CASE WHEN :'marks' THEN 'the next monthly run of the cycle repairs it'
                    WHEN :'is_table' THEN 'see below'
                    ELSE 'only a backup has it as it was' END AS advice
          FROM fec_staging.:"found" AS found
         ORDER BY found.:"key", found.run_id
         LIMIT :most) AS listed;
SELECT 'found', '', format('%s: %s rows more are not as they were', :'place',
                           :rows_found - :most), ''
 WHERE :rows_found > :most;
SELECT 'found', '',
       format('%s: these are %s rows, more than 1,000 and more than 1 %% of the table, so they '
              'were not marked for repair', :'place', :rows_found),
       'if they are to be repaired from the FEC''s file: pipeline.sh verify hashes --force'
 WHERE :'has_some' AND :'is_table' AND NOT :'marks';

-- Those that were found before and wait for a run; and what cannot be told.
\if :is_table
    SELECT 'found', key,
           format('%s: %s %s was changed by hand and waits for repair since %s', :'place', :'key',
                  key, to_char(found_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI UTC')),
           'the next monthly run of the cycle repairs it'
      FROM fec.damage
     WHERE table_name = :'table' AND cycle = :cycle AND repaired_by IS NULL
       AND key NOT IN (SELECT :"key"::text FROM fec_staging.:"found")
     ORDER BY key
     LIMIT :most;
\endif
\if :has_daily
    SELECT 'note', '',
           format('%s: %s rows that the API brought before version 4 of the schema have no seal '
                  'and cannot be checked', :'place', count(*)), ''
      FROM fec.:"versions" AS live
      JOIN fec.run ON run.run_id = live.:"writer" AND run.kind = 'daily'
     WHERE live.cycle = :cycle AND live.seal IS NULL AND run.started_at < :'sealed_from'
    HAVING count(*) > 0;
\endif
DROP TABLE fec_staging.:"found";
COMMIT;

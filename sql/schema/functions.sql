-- Functions that the schema and the scripts of a run need. Included by schema.sql. All names in
-- them are qualified, so that no search_path of a user counts.

-- The class of fecpipe's advisory locks, 0x66656370 or "fecp"; the object is the cycle.
CREATE OR REPLACE FUNCTION fec.lock_class() RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT 1717920624
$$;
COMMENT ON FUNCTION fec.lock_class() IS 'The class of fecpipe''s advisory locks.';

-- Whether a year names a two-year period of which the FEC has data.
CREATE OR REPLACE FUNCTION fec.is_cycle(year integer) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT year % 2 = 0 AND year BETWEEN 1976 AND 2100
$$;
COMMENT ON FUNCTION fec.is_cycle(integer) IS 'Whether a year names a two-year period.';

-- Whether the two years of a cycle are over, by the date in Washington.
CREATE OR REPLACE FUNCTION fec.cycle_is_over(cycle integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT extract(year FROM now() AT TIME ZONE 'America/New_York') > cycle
$$;
COMMENT ON FUNCTION fec.cycle_is_over(integer) IS 'Whether the two years of a cycle are over.';

-- The columns of a table that are fecpipe's own: the history has them too. Users may add others.
-- `visible` is whether it shows something of the FEC's; the others say where the row comes from.
CREATE OR REPLACE FUNCTION fec.columns_of(table_name text)
RETURNS TABLE (attname name, attnum smallint, atttypid oid, visible boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.attname, a.attnum, a.atttypid,
           a.attname NOT IN ('row_hash', 'run_id', 'in_bulk', 'seal')
      FROM pg_attribute AS a
     WHERE a.attrelid = format('fec.%I', $1)::regclass AND a.attnum > 0 AND NOT a.attisdropped
       AND (a.attname IN ('run_id', 'in_bulk', 'seal')
            OR EXISTS (SELECT FROM pg_attribute AS h
                        WHERE h.attrelid = to_regclass(format('fec.%I', $1 || '_history'))
                          AND h.attname = a.attname AND NOT h.attisdropped))
$$;
COMMENT ON FUNCTION fec.columns_of(text) IS
    'The columns of a table that are fecpipe''s own; users may add others.';

-- Whether a staged table can become a partition as it is. Not if users have added columns, which
-- are not staged, or triggers, which would not see the rows; nor if the table is published:
-- subscribers get rows that are inserted, and no table that is attached.
CREATE OR REPLACE FUNCTION fec.can_attach(table_name text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM pg_attribute AS a
                        WHERE a.attrelid = format('fec.%I', $1)::regclass AND a.attnum > 0
                          AND NOT a.attisdropped
                          AND a.attname NOT IN (SELECT own.attname FROM fec.columns_of($1) AS own))
       AND NOT EXISTS (SELECT FROM pg_trigger
                        WHERE tgrelid = format('fec.%I', $1)::regclass AND NOT tgisinternal)
       AND NOT EXISTS (SELECT FROM pg_publication WHERE puballtables)
       AND NOT EXISTS (SELECT FROM pg_publication_rel
                        WHERE prrelid = format('fec.%I', $1)::regclass)
       AND NOT EXISTS (SELECT FROM pg_publication_tables WHERE schemaname = 'fec')
$$;
COMMENT ON FUNCTION fec.can_attach(text) IS
    'Whether a staged table can become a partition of a table as it is.';

-- The lines key=value of a filter's --stats file as an object of texts.
CREATE OR REPLACE FUNCTION fec.stats(lines text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(split_part(line, '=', 1),
                                     substring(line FROM position('=' IN line) + 1)), '{}')
      FROM regexp_split_to_table(lines, E'\n') AS line
     WHERE line LIKE '%=%'
$$;
COMMENT ON FUNCTION fec.stats(text) IS 'The lines key=value of a --stats file as an object.';

-- Ends the transaction with `message` if `wrong` is true. For checks in scripts that psql runs. The
-- code is ZF0 and the exit status that the driver ends with: ZF065 for data that is refused, ZF069
-- for something that is not available, ZF070 for a bug, ZF075 for another try later, ZF078 for the
-- configuration.
DROP FUNCTION IF EXISTS fec.refuse_if(boolean, text);
CREATE OR REPLACE FUNCTION fec.refuse_if(wrong boolean, message text, code text DEFAULT 'ZF065')
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF wrong THEN
        RAISE EXCEPTION '%', message USING ERRCODE = code;
    END IF;
END $$;
COMMENT ON FUNCTION fec.refuse_if(boolean, text, text) IS
    'Raises an error with the message if the condition is true.';

-- How many of a cycle's rows a file may withdraw, by the settings of the run: max_withdrawn is a
-- number or a percentage, and a percentage says nothing up to min_withdrawn rows.
CREATE OR REPLACE FUNCTION fec.most_withdrawn(settings jsonb, live bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN most LIKE '%\%'
                THEN greatest(floor(rtrim(most, '%')::numeric / 100 * live),
                              (settings ->> 'min_withdrawn')::bigint)::bigint
                ELSE most::bigint END
      FROM (SELECT settings ->> 'max_withdrawn' AS most) AS setting
$$;
COMMENT ON FUNCTION fec.most_withdrawn(jsonb, bigint) IS
    'How many of a cycle''s rows a file may withdraw.';

-- Makes a table of versions of another table's rows, unless it is there: the columns of that table,
-- in which run_id becomes written_by_run_id, altered as `alterations` says, with indexes by key and
-- by run. `comments` has the new columns' comments by their names, and that of the table by ''.
CREATE OR REPLACE FUNCTION fec.make_versions(table_name text, versions text, alterations text,
                                             comments jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key     text;
    name    text;
    comment text;
BEGIN
    IF to_regclass(format('fec.%I', versions)) IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT attname INTO STRICT key FROM pg_attribute
     WHERE attrelid = format('fec.%I', table_name)::regclass AND attnum = 1;
    EXECUTE format('CREATE TABLE fec.%I (LIKE fec.%I INCLUDING COMMENTS)', versions, table_name);
    EXECUTE format('ALTER TABLE fec.%I RENAME run_id TO written_by_run_id', versions);
    EXECUTE format('ALTER TABLE fec.%I %s', versions, alterations);
    EXECUTE format('CREATE INDEX ON fec.%I (%I, cycle)', versions, key);
    EXECUTE format('CREATE INDEX ON fec.%I (run_id)', versions);
    FOR name, comment IN SELECT * FROM jsonb_each_text(comments) LOOP
        EXECUTE format(CASE name WHEN '' THEN 'COMMENT ON TABLE fec.%1$I IS %3$L'
                                 ELSE 'COMMENT ON COLUMN fec.%1$I.%2$I IS %3$L' END,
                       versions, name, comment);
    END LOOP;
END $$;
COMMENT ON FUNCTION fec.make_versions(text, text, text, jsonb) IS
    'Makes a table of versions of the rows of a table in schema fec, unless it is there.';

-- Makes TABLE_history: the columns of the table, with what happened to the row that is kept there.
CREATE OR REPLACE FUNCTION fec.make_history(table_name text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    -- in_bulk last, as in a database that got it by an upgrade.
    SELECT fec.make_versions(table_name, table_name || '_history',
        'DROP in_bulk, ADD run_id bigint NOT NULL,'
        ' ADD change text NOT NULL CHECK (change IN (''changed'', ''withdrawn'', ''unconfirmed'')),'
        ' ADD replaced_at timestamptz NOT NULL DEFAULT now(), ADD in_bulk boolean NOT NULL',
        jsonb_build_object(
            '', format('What rows of fec.%s were before a run changed or removed them.',
                       table_name),
            'written_by_run_id', 'the run that had brought this version',
            'run_id', 'the run that changed or removed it (fec.run)',
            'change', 'changed, withdrawn (a bulk file no longer has it) or unconfirmed (the API '
                      'had it, no bulk file ever did)',
            'in_bulk', 'a bulk file had had the row by then',
            'replaced_at', 'when that was'))
$$;
COMMENT ON FUNCTION fec.make_history(text) IS
    'Makes the history table of a table in schema fec, unless it is there.';

-- Makes the staging tables of one dataset of a run: NAME for the records, and for keys
--   NAME_missing    what the table has and the file lacks (fec-dedupe --missing)
--   NAME_conflicts  what came with two contents (fec-dedupe --conflicts)
--   NAME_kept       what a rejected line of the file has (fec-parse --reject-keys)
--   NAME_completed  rows of which one source fills in what the other lacks (apply/merge-*.sql)
--   NAME_aside      records that are older than what the table has (apply/merge-bulk.sql)
--   NAME_repaired   rows that are again what they were before a change by hand (apply/repair.sql)
-- `permanent`: the staged table is to become a partition if it can, and then it must survive a
-- crash; what only holds differences need not be logged, and is not published. Staging for
-- contributions of the API has a column more, load_date; columns that users have added are not
-- staged. Returns NAME.
CREATE OR REPLACE FUNCTION fec.make_staging(table_name text, cycle integer, run_id bigint,
                                            permanent boolean)
RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    staging text := format('%s_%s_run%s', table_name, cycle, run_id);
    by_api  boolean := EXISTS (SELECT FROM fec.run AS r
                                WHERE r.run_id = make_staging.run_id AND r.kind = 'daily');
    mine    text;
    keys    text;
    key     text;
    type    text;
BEGIN
    SELECT attname, format_type(atttypid, atttypmod) INTO STRICT key, type FROM pg_attribute
     WHERE attrelid = format('fec.%I', table_name)::regclass AND attnum = 1;
    EXECUTE format('CREATE %s TABLE fec_staging.%I'
                   ' (LIKE fec.%I INCLUDING COMMENTS INCLUDING CONSTRAINTS,'
                   ' CONSTRAINT %I CHECK (cycle = %s))',
                   CASE WHEN permanent AND fec.can_attach(table_name) THEN ''
                        ELSE 'UNLOGGED' END,
                   staging, table_name, table_name || '_cycle', cycle);
    FOR mine IN
        SELECT attname FROM pg_attribute
         WHERE attrelid = format('fec_staging.%I', staging)::regclass AND attnum > 0
           AND attname NOT IN (SELECT own.attname FROM fec.columns_of(table_name) AS own)
    LOOP
        EXECUTE format('ALTER TABLE fec_staging.%I DROP IF EXISTS %I CASCADE', staging, mine);
    END LOOP;
    EXECUTE format('ALTER TABLE fec_staging.%I ALTER run_id SET DEFAULT %s', staging, run_id);
    EXECUTE format('ALTER TABLE fec_staging.%I ALTER in_bulk SET DEFAULT %L', staging, NOT by_api);
    IF by_api AND table_name = 'contribution' THEN
        EXECUTE format('ALTER TABLE fec_staging.%I ADD load_date text DEFAULT ''''', staging);
    END IF;
    FOREACH keys IN ARRAY ARRAY['missing', 'conflicts', 'kept', 'completed', 'aside',
                               'repaired'] LOOP
        EXECUTE format('CREATE UNLOGGED TABLE fec_staging.%I (%I %s)',
                       staging || '_' || keys, key, type);
    END LOOP;
    RETURN staging;
END $$;
COMMENT ON FUNCTION fec.make_staging(text, integer, bigint, boolean) IS
    'Makes the staging tables of one dataset of a run.';

-- Locks a staging table against everybody else, until the end of the transaction; false if somebody
-- uses it or it is not there. It does not wait, or, if `patient`, 3 s, which is longer than
-- deadlock_timeout: by then an autovacuum has given way.
CREATE OR REPLACE FUNCTION fec.lock_staging(staging text, patient boolean DEFAULT false)
RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s' AS $$
BEGIN
    EXECUTE format('LOCK TABLE fec_staging.%I IN ACCESS EXCLUSIVE MODE', staging)
            || CASE WHEN patient THEN '' ELSE ' NOWAIT' END;
    RETURN true;
EXCEPTION WHEN lock_not_available OR undefined_table THEN
    RETURN false;
END $$;
COMMENT ON FUNCTION fec.lock_staging(text, boolean) IS
    'Locks a staging table unless somebody uses it.';

-- Drops the staging tables of a run, or those of `table_name` only. A table that somebody uses, a
-- dump say, is not waited for: the next run of the cycle drops it.
CREATE OR REPLACE FUNCTION fec.drop_staging(run_id bigint, table_name text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    staging text;
BEGIN
    FOR staging IN
        SELECT tablename FROM pg_tables
         WHERE schemaname = 'fec_staging'
           AND tablename ~ ('^' || coalesce(table_name, '[a-z_]+')
                            || '_[0-9]{4}_run' || run_id
                            || '(_missing|_conflicts|_kept|_completed|_aside|_repaired)?$')
    LOOP
        IF fec.lock_staging(staging) THEN
            EXECUTE format('DROP TABLE fec_staging.%I', staging);
        END IF;
    END LOOP;
END $$;
COMMENT ON FUNCTION fec.drop_staging(bigint, text) IS
    'Drops the staging tables of a run, or of one of its tables.';

-- Cleans up after runs of a cycle that ended without a word (killed, power cut): their staging
-- tables go, what they may have left running in the database is stopped, and they are marked as
-- failed. Only for the holder of the cycle's lock, who knows that none of them is alive. Returns
-- their number.
CREATE OR REPLACE FUNCTION fec.clean_up_after_dead_runs(dead_cycle integer, own_run_id bigint)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    dead  bigint;
    count integer := 0;
BEGIN
    FOR dead IN
        SELECT run_id FROM fec.run
         WHERE cycle = dead_cycle AND status = 'running' AND run_id <> own_run_id
    LOOP
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND application_name = format('fecpipe run %s', dead);
        UPDATE fec.run SET status = 'failed', finished_at = now(),
               reason = 'ended without saying why: killed, or the machine stopped'
         WHERE run_id = dead;
        UPDATE fec.run SET seal = fec.seal_of_run(run_id) WHERE run_id = dead;
        count := count + 1;
    END LOOP;
    -- Also those of runs whose rows somebody has deleted.
    FOR dead IN
        SELECT DISTINCT substring(tablename FROM '_run([0-9]+)')::bigint FROM pg_tables
         WHERE schemaname = 'fec_staging' AND tablename ~ format('_%s_run[0-9]', dead_cycle)
    LOOP
        CONTINUE WHEN dead = own_run_id;
        PERFORM fec.drop_staging(dead);
    END LOOP;
    RETURN count;
END $$;
COMMENT ON FUNCTION fec.clean_up_after_dead_runs(integer, bigint) IS
    'Cleans up after runs of a cycle that ended without a word.';

-- Whether a table has rows of a cycle.
CREATE OR REPLACE FUNCTION fec.has_rows(table_name text, cycle integer) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    answer boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM fec.%I WHERE cycle = %s)', table_name, cycle)
       INTO answer;
    RETURN answer;
END $$;
COMMENT ON FUNCTION fec.has_rows(text, integer) IS 'Whether a table has rows of a cycle.';

-- How many rows of a cycle the runs have left in a table, by their own counts: the last monthly run
-- that read the file, and what came and went since. NULL if no run has counted them (before version
-- 3 of the schema none did).
CREATE OR REPLACE FUNCTION fec.rows_left(table_name text, cycle integer) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH counts AS (
        SELECT d.run_id, run.kind, d.known,
               coalesce(d.inserted, 0) - coalesce(d.withdrawn, 0) - coalesce(d.unconfirmed, 0)
                   AS more
          FROM fec.run
          JOIN fec.run_dataset AS d USING (run_id)
          JOIN fec.dataset AS t USING (dataset)
         WHERE run.cycle = $2 AND t.table_name = $1
           AND (run.kind = 'daily' OR run.status = 'complete' AND d.status = 'applied')
    ), base AS (
        SELECT run_id, known FROM counts WHERE kind = 'monthly' ORDER BY run_id DESC LIMIT 1
    )
    SELECT base.known + sum(more)::bigint
      FROM base JOIN counts ON counts.run_id >= base.run_id
     GROUP BY base.known
$$;
COMMENT ON FUNCTION fec.rows_left(text, integer) IS
    'How many rows of a cycle the runs have left in a table, by their own counts.';

-- The partition of a table that holds a cycle, NULL without one. A detached table with the
-- partition's name is an error: somebody has put it aside, and its rows are not for us to touch.
CREATE OR REPLACE FUNCTION fec.partition_of(table_name text, cycle integer) RETURNS regclass
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    partition regclass;
BEGIN
    SELECT c.oid::regclass INTO partition
      FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
     WHERE i.inhparent = format('fec.%I', table_name)::regclass
       AND pg_get_expr(c.relpartbound, c.oid) LIKE format('%%''%s''%%', cycle);
    IF partition IS NULL AND to_regclass(format('fec.%I', table_name || '_' || cycle)) IS NOT NULL
    THEN
        RAISE EXCEPTION 'fec.%_% is there, but is no partition of fec.%: attach it or rename it',
            table_name, cycle, table_name USING ERRCODE = 'ZF069';
    END IF;
    RETURN partition;
END $$;
COMMENT ON FUNCTION fec.partition_of(text, integer) IS
    'The partition of a table that holds a cycle, NULL without one.';

-- Makes the partition that holds a cycle, unless there is one.
CREATE OR REPLACE FUNCTION fec.make_partition(table_name text, cycle integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    partition text := table_name || '_' || cycle;
    key       text;
BEGIN
    IF fec.partition_of(table_name, cycle) IS NOT NULL THEN
        RETURN;
    END IF;
    SELECT attname INTO STRICT key FROM pg_attribute
     WHERE attrelid = format('fec.%I', table_name)::regclass AND attnum = 1;
    -- Made beside the table and then attached: that does not lock out who reads other cycles.
    EXECUTE format('CREATE TABLE fec.%I (LIKE fec.%I INCLUDING COMMENTS INCLUDING CONSTRAINTS'
                   ' INCLUDING DEFAULTS INCLUDING GENERATED,'
                   ' CONSTRAINT %I PRIMARY KEY (%I, cycle) INCLUDE (row_hash))',
                   partition, table_name, partition || '_pkey', key);
    -- Of our own columns who writes says what it is, as in a table that is loaded first.
    EXECUTE format('ALTER TABLE fec.%I ALTER in_bulk DROP DEFAULT', partition);
    EXECUTE format('ALTER TABLE fec.%I ATTACH PARTITION fec.%I FOR VALUES IN (%s)',
                   table_name, partition, cycle);
END $$;
COMMENT ON FUNCTION fec.make_partition(text, integer) IS
    'Makes the partition of a table that holds a cycle, unless there is one.';

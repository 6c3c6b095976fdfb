-- as-of.sql - functions that give a table as it was: fec.contribution_as_of(cycle, run) and the
-- like for every table with a history. Included by answers.sql.
--
--   SELECT * FROM fec.contribution_as_of(2018, 7)               as run 7 left it
--   SELECT * FROM fec.contribution_as_of(2018, '2018-03-01')    as it was at that moment
--
-- The rule. A version of a row counts from the run that wrote it until the run that replaced it,
-- run by run, since the runs of a cycle come one after the other. The table has the newest version,
-- since its run_id; the history those from written_by_run_id until before run_id. In between a row
-- may have been completed, which changes what can be seen of it, and may leave its run_id as it is;
-- TABLE_completion has what it was, from since_run_id until before run_id, and there it goes before
-- the other two. row_hash and in_bulk are as they were noted last.
--
-- A time means the last run of the cycle that had ended by then.
--
-- Who adds a column to a table says `pipeline.sh init` to have them made again.
--
-- They are plain SQL and have no settings, so that PostgreSQL puts their text into the query: a
-- condition on the result reaches the partition and its indexes.

CREATE OR REPLACE FUNCTION fec.make_as_of(table_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $make$
DECLARE
    history    text := table_name || '_history';
    completion text := table_name || '_completion';
    completes  boolean := to_regclass(format('fec.%I', completion)) IS NOT NULL;
    not_less   text := '';
    key        text;
    columns    text;
    past       text;
    versions   text;
    way        text[];
BEGIN
    -- Of columns that users have added only the table has something.
    SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum),
           string_agg(CASE WHEN attname = 'run_id' THEN 'written_by_run_id'
                           WHEN attname IN (SELECT own.attname
                                              FROM fec.columns_of(table_name) AS own)
                           THEN format('%I', attname)
                           ELSE format('NULL::%s', format_type(atttypid, atttypmod)) END,
                      ', ' ORDER BY attnum),
           max(attname) FILTER (WHERE attnum = 1)
      INTO STRICT columns, past, key
      FROM pg_attribute
     WHERE attrelid = format('fec.%I', table_name)::regclass AND attnum > 0 AND NOT attisdropped;
    IF completes THEN
        not_less := format(
            ' AND NOT EXISTS (SELECT FROM fec.%I AS earlier WHERE earlier.%2$I = version.%2$I'
            ' AND earlier.cycle = version.cycle AND earlier.since_run_id <= RUN'
            ' AND earlier.run_id > RUN)', completion, key);
    END IF;
    versions := format('SELECT %s FROM fec.%I AS version'
                       ' WHERE version.cycle = $1 AND version.run_id <= RUN%s',
                       columns, table_name, not_less)
        || format(E'\nUNION ALL\nSELECT %s FROM fec.%I AS version WHERE version.cycle = $1'
                  ' AND version.written_by_run_id <= RUN AND version.run_id > RUN%s',
                  past, history, not_less);
    IF completes THEN
        versions := versions
            || format(E'\nUNION ALL\nSELECT %s FROM fec.%I AS version WHERE version.cycle = $1'
                      ' AND version.since_run_id <= RUN AND version.run_id > RUN',
                      past, completion);
    END IF;
    -- A bare text is taken by the third: for it alone PostgreSQL would not know which is meant.
    FOREACH way SLICE 1 IN ARRAY ARRAY[
        ['run bigint', '$2', 'as a run left it'],
        ['moment timestamptz', 'run.finished_at <= $2', 'as it was at a moment'],
        ['moment text', 'run.finished_at <= $2::timestamptz', 'as it was at a moment']]
    LOOP
        EXECUTE format('CREATE OR REPLACE FUNCTION fec.%I(cycle integer, %s)'
                       ' RETURNS SETOF fec.%I LANGUAGE sql STABLE PARALLEL SAFE AS %L',
                       table_name || '_as_of', way[1], table_name,
                       replace(versions, 'RUN', CASE WHEN way[2] = '$2' THEN '$2' ELSE
                           '(SELECT max(run.run_id) FROM fec.run WHERE run.cycle = $1 AND '
                           || way[2] || ')' END));
        EXECUTE format('COMMENT ON FUNCTION fec.%I(integer, %s) IS %L', table_name || '_as_of',
                       split_part(way[1], ' ', 2),
                       format('The rows of a cycle of fec.%s %s.', table_name, way[3]));
    END LOOP;
END $make$;
COMMENT ON FUNCTION fec.make_as_of(text) IS
    'Makes the functions that give a table as it was, TABLE_as_of.';

SELECT fec.make_as_of(relname)
  FROM pg_class
 WHERE relnamespace = 'fec'::regnamespace AND relkind = 'p'
   AND to_regclass(format('fec.%I', relname || '_history')) IS NOT NULL;

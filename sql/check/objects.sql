-- objects.sql - what users have added to the tables of schema fec and what copies them elsewhere,
-- as far as runs meet it: columns, triggers, foreign keys, publications. Takes no variables.
-- Returns rows as server.sql.

WITH live AS (
    SELECT DISTINCT c.oid, c.relname
      FROM fec.dataset AS d
      JOIN pg_class AS c ON c.relname = d.table_name AND c.relnamespace = 'fec'::regnamespace
), mine AS (
    SELECT live.relname, a.attname,
           a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS is_hard
      FROM live JOIN pg_attribute AS a ON a.attrelid = live.oid
     WHERE a.attnum > 0 AND NOT a.attisdropped
       AND a.attname NOT IN (SELECT own.attname FROM fec.columns_of(live.relname) AS own)
), verdict (place, status, level, message, advice) AS (
    SELECT 1, CASE WHEN is_hard THEN 78 ELSE 0 END, CASE WHEN is_hard THEN 'error' ELSE 'ok' END,
           format('column %I of fec.%I is not fecpipe''s', attname, relname),
           CASE WHEN is_hard
                THEN format('give it a default: ALTER TABLE fec.%I ALTER %I SET DEFAULT ...; or '
                            'let it take NULL', relname, attname) ELSE '' END
      FROM mine
    UNION ALL
    SELECT 2, 0, 'warning', format('trigger %I of fec.%I is not fecpipe''s', tgname, relname),
           'if it raises an error the run fails; a first load is copied for it, which takes longer'
      FROM live JOIN pg_trigger ON tgrelid = live.oid AND NOT tgisinternal
    UNION ALL
    SELECT 3, 0, 'warning',
           format('foreign key %I of %s refers to fec.%I', conname, conrelid::regclass, relname),
           'make it ON DELETE CASCADE, or a run fails that is to withdraw a row which it refers to'
      FROM live JOIN pg_constraint ON confrelid = live.oid AND contype = 'f' AND conparentid = 0
     WHERE confdeltype NOT IN ('c', 'n', 'd')
    UNION ALL
    SELECT 4, 0, 'warning',
           format('foreign key %I of fec.%I is not fecpipe''s', conname, relname),
           format('drop it: the FEC''s files have rows that refer to nothing: ALTER TABLE fec.%I '
                  'DROP CONSTRAINT %I', relname, conname)
      FROM live JOIN pg_constraint ON conrelid = live.oid AND contype = 'f' AND conparentid = 0
    UNION ALL
    SELECT 5, 0, CASE WHEN pubviaroot THEN 'ok' ELSE 'warning' END,
           format('publication %I has tables of fecpipe''s, so a first load is copied, which takes '
                  'longer', pubname),
           CASE WHEN pubviaroot THEN ''
                ELSE format('ALTER PUBLICATION %I SET (publish_via_partition_root = true), or each '
                            'new cycle needs a table of its own at the subscribers', pubname) END
      FROM pg_publication AS p
     WHERE puballtables
        OR EXISTS (SELECT FROM pg_publication_rel JOIN live ON live.oid = prrelid
                    WHERE prpubid = p.oid)
        OR EXISTS (SELECT FROM pg_publication_tables AS t
                    WHERE t.pubname = p.pubname AND t.schemaname = 'fec')
)
SELECT status, level, message, advice FROM verdict ORDER BY place, message;

-- schema.sql - whether the schema is there and of this fecpipe's version; if it is, also what
-- objects.sql and runs.sql say. Takes version, the version that this fecpipe has, and what runs.sql
-- takes. Returns rows as server.sql.

\ir ../schema/found.sql
SELECT CASE WHEN :found > :version THEN 78 ELSE 0 END,
       CASE WHEN :found > :version THEN 'error' ELSE 'ok' END,
       CASE WHEN :found = 0 THEN 'there is no schema fec yet'
            ELSE 'the schema has version ' || :found END,
       CASE WHEN :found = 0 THEN 'the first run makes it; so does pipeline.sh init'
            WHEN :found < :version
                THEN 'the next command brings it to version ' || :version || '; make a dump first'
            WHEN :found > :version
                THEN 'this fecpipe knows version ' || :version || ': install the newer fecpipe'
            ELSE '' END;
SELECT :found = :version AS is_current,
       :found = :version AND NOT pg_is_in_recovery() AS shows_runs
\gset
\if :is_current
    \ir objects.sql
\endif
\if :shows_runs
    \ir runs.sql
\endif

-- open.sql - installs the schema where it is missing or old, refuses one of a newer fecpipe, and
-- brings fec.dataset up to date. Takes least, the oldest PostgreSQL that will do; version, the
-- version that this fecpipe has; types, the output of fec-parse --types; codes, the folder with the
-- FEC's codes; and remake, true to make codes and views again although the version is right.
-- Returns no rows.

SELECT :SERVER_VERSION_NUM < :least * 10000 AS refused, 'ZF069' AS refusal_state,
       format('PostgreSQL %s is too old: use PostgreSQL %s or newer',
              current_setting('server_version'), :least) AS refusal
\gset
\ir refuse.sql

\ir found.sql

SELECT :found > :version AS refused, 'ZF078' AS refusal_state,
       :found < :version AS is_older, :found = 0 AS is_new,
       :found < :version OR :remake AS makes,
       format('the database has version %s of the schema, of a newer fecpipe; this one knows '
              'version %s', :found, :version) AS refusal
\gset
\ir refuse.sql
\if :makes
    \ir ../run/writable.sql
\endif
\if :is_new
    \ir encoding.sql
\endif
\if :is_older
    \ir schema.sql
\elif :remake
    \ir remake.sql
\endif
\ir datasets.sql

-- schema.sql - all that fecpipe keeps in a database, in two schemas:
--
--   fec          what people query: the FEC's data, their history, the runs, the extraction states
--   fec_staging  what a run has loaded and not yet applied; empty between runs
--
-- Safe to run again: psql -v codes=sql/codes -f sql/schema/schema.sql. It installs the newest
-- version, or brings an older one up to date, in one transaction: what a version changes in tables
-- that are there is in upgrade-N.sql, what it adds is in the other files. Takes codes, the folder
-- with the FEC's codes; if it is not given, the folder is sought from the top of the tree. Prints
-- what it does with a database that has rows.

\set ON_ERROR_STOP on
-- Of functions that return nothing psql would print an empty row each.
\o /dev/null
BEGIN;
-- Two first runs at the same moment must not trip over each other (0x66656370 is "fecp").
SELECT pg_advisory_xact_lock(1717920624, 0);

-- An administrator may have made them, for a role that may make none. (IF NOT EXISTS asks for the
-- right to make one also where it is there.)
SELECT format('CREATE SCHEMA %I', name)
  FROM unnest(ARRAY['fec', 'fec_staging']) AS wanted (name)
 WHERE to_regnamespace(name) IS NULL
\gexec
SELECT format('COMMENT ON SCHEMA %I IS %L', name, text)
  FROM (VALUES ('fec', 'Campaign finance data as the Federal Election Commission publishes it, '
                       'kept by fecpipe.'),
               ('fec_staging', 'What a run of fecpipe has loaded and not yet applied. Empty '
                               'between runs.')) AS wanted (name, text)
  JOIN pg_namespace ON nspname = name AND pg_has_role(nspowner, 'USAGE')
\gexec

CREATE TABLE IF NOT EXISTS fec.schema_version (
    version      integer PRIMARY KEY,
    installed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE fec.schema_version IS
    'The versions of this schema that were installed, the highest one is in force.';
COMMENT ON COLUMN fec.schema_version.version IS 'counts up from 1';
COMMENT ON COLUMN fec.schema_version.installed_at IS 'when this database got it';

-- Two runs of this script one after the other: the second one finds what the first has done.
SELECT coalesce(max(version), 0) AS version,
       coalesce(max(version), 0) BETWEEN 1 AND 2 AS is_before_3,
       coalesce(max(version), 0) BETWEEN 1 AND 3 AS is_before_4
  FROM fec.schema_version
\gset schema_
\if :schema_is_before_3
    \ir upgrade-3.sql
\endif
\if :schema_is_before_4
    \ir upgrade-4.sql
\endif

\ir datasets-table.sql
\ir runs.sql
\ir watch.sql
\ir sweeps.sql
\ir functions.sql
\ir codes.sql
\ir masters.sql
\ir itemized.sql
\ir summaries.sql
\ir committee_totals.sql
\ir candidate_totals.sql
\ir communication_cost.sql
\ir electioneering_communication.sql
\ir statement_of_organization.sql
\ir statement_of_candidacy.sql
\ir merge-rules.sql
\ir completion.sql
\ir seals.sql
\ir views.sql
\ir ../answers/answers.sql

INSERT INTO fec.schema_version (version) VALUES (1), (2), (3), (4) ON CONFLICT (version) DO NOTHING;
COMMIT;
\o

-- schema.sql - all that fecpipe keeps in a database, in two schemas:
--
--   fec          what people query: the FEC's data, their history, the runs, the extraction states
--   fec_staging  what a run has loaded and not yet applied; empty between runs
--
-- Safe to run again: psql -f sql/schema/schema.sql. It brings an older database up to date: what a
-- later version adds is in upgrade-N.sql.

\set ON_ERROR_STOP on
BEGIN;
-- Two first runs at the same moment must not trip over each other (0x66656370 is "fecp").
SELECT pg_advisory_xact_lock(1717920624, 0);

CREATE SCHEMA IF NOT EXISTS fec;
CREATE SCHEMA IF NOT EXISTS fec_staging;
COMMENT ON SCHEMA fec IS
    'Campaign finance data as the Federal Election Commission publishes it, kept by fecpipe.';
COMMENT ON SCHEMA fec_staging IS
    'What a run of fecpipe has loaded and not yet applied. Empty between runs.';

CREATE TABLE IF NOT EXISTS fec.schema_version (
    version      integer PRIMARY KEY,
    installed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE fec.schema_version IS
    'The versions of this schema that were installed, the highest one is in force.';
COMMENT ON COLUMN fec.schema_version.version IS 'counts up from 1';
COMMENT ON COLUMN fec.schema_version.installed_at IS 'when this database got it';

\ir datasets-table.sql
\ir runs.sql
\ir sweeps.sql
\ir functions.sql
\ir masters.sql
\ir itemized.sql
\ir summaries.sql
\ir views.sql
\ir upgrade-3.sql

INSERT INTO fec.schema_version (version) VALUES (1), (2), (3) ON CONFLICT (version) DO NOTHING;
COMMIT;

-- The FEC's datasets and the API's endpoints, as fec-parse --types lists them. Included by
-- schema.sql.

CREATE TABLE IF NOT EXISTS fec.dataset (
    dataset      text PRIMARY KEY,
    position     integer NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('bulk', 'api')),
    table_name   text NOT NULL,
    key_column   text NOT NULL,
    member       text,
    has_header   boolean NOT NULL,
    since_cycle  smallint NOT NULL,
    bulk_dataset text NOT NULL,
    label        text NOT NULL
);

COMMENT ON TABLE fec.dataset IS
    'The FEC''s bulk files and the API''s endpoints. fecpipe fills it from fec-parse --types.';
COMMENT ON COLUMN fec.dataset.dataset IS 'cm, cn, indiv ...; for the API schedule_a ...';
COMMENT ON COLUMN fec.dataset.position IS 'the order in which they are applied and listed';
COMMENT ON COLUMN fec.dataset.kind IS 'bulk (a file) or api (an endpoint)';
COMMENT ON COLUMN fec.dataset.table_name IS 'the table in schema fec';
COMMENT ON COLUMN fec.dataset.key_column IS 'its key, beside the cycle';
COMMENT ON COLUMN fec.dataset.member IS 'the file''s name within the zip; NULL if it is not zipped';
COMMENT ON COLUMN fec.dataset.has_header IS 'the FEC publishes a header dictionary';
COMMENT ON COLUMN fec.dataset.since_cycle IS 'the first cycle of which the FEC has it';
COMMENT ON COLUMN fec.dataset.bulk_dataset IS 'the bulk file with the same rows; itself for a file';
COMMENT ON COLUMN fec.dataset.label IS 'its name in summaries';

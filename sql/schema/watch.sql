-- What the watch list has found. Included by schema.sql.

CREATE TABLE IF NOT EXISTS fec.watch_match (
    run_id       bigint NOT NULL,
    dataset      text NOT NULL,
    change       text NOT NULL,
    row_key      text NOT NULL,
    matched      text NOT NULL,
    committee_id text,
    name         text,
    day          date,
    amount       numeric(14,2)
);
CREATE INDEX IF NOT EXISTS watch_match_run_id_idx ON fec.watch_match (run_id);

COMMENT ON TABLE fec.watch_match IS
    'Rows that a run has added, changed or withdrawn and that the watch list (FEC_WATCH) names.';
COMMENT ON COLUMN fec.watch_match.run_id IS 'the run (fec.run)';
COMMENT ON COLUMN fec.watch_match.dataset IS 'the file that the row is of: cm, indiv ...';
COMMENT ON COLUMN fec.watch_match.change IS
    'new, before and after (a changed row), withdrawn or unconfirmed, as pipeline.sh changes says';
COMMENT ON COLUMN fec.watch_match.row_key IS 'the key of the row, beside the cycle';
COMMENT ON COLUMN fec.watch_match.matched IS 'the lines of the watch list that name it';
COMMENT ON COLUMN fec.watch_match.committee_id IS 'the row''s committee';
COMMENT ON COLUMN fec.watch_match.name IS 'the name in the row: who gave, was paid, or is it';
COMMENT ON COLUMN fec.watch_match.day IS 'the date of the transaction';
COMMENT ON COLUMN fec.watch_match.amount IS 'its amount';

-- What was run, with what result, and how far each committee has been read. Included by
-- schema.sql.

CREATE TABLE IF NOT EXISTS fec.run (
    run_id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind           text NOT NULL CHECK (kind IN ('monthly', 'daily')),
    cycle          smallint NOT NULL,
    status         text NOT NULL DEFAULT 'running'
                   CHECK (status IN ('running', 'complete', 'dry-run', 'failed')),
    started_at     timestamptz NOT NULL DEFAULT now(),
    finished_at    timestamptz,
    reason         text,
    states_updated bigint,
    options        text,
    host           text,
    process_id     integer,
    version        text,
    settings       jsonb NOT NULL DEFAULT '{}',
    seal           bigint
);

COMMENT ON TABLE fec.run IS
    'One row for each run and cycle, failed ones too. They say where rows come from; whoever '
    'deletes some loses that and the old counts, and no data.';
COMMENT ON COLUMN fec.run.run_id IS 'counts up; tables of data say with it which run brought a row';
COMMENT ON COLUMN fec.run.kind IS 'monthly (bulk files) or daily (API)';
COMMENT ON COLUMN fec.run.cycle IS 'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.run.status IS 'running, complete, dry-run (nothing was applied) or failed';
COMMENT ON COLUMN fec.run.started_at IS 'when it began';
COMMENT ON COLUMN fec.run.finished_at IS 'when it ended, well or not';
COMMENT ON COLUMN fec.run.reason IS 'why it failed';
COMMENT ON COLUMN fec.run.states_updated IS
    'committees whose extraction state was brought up to date';
COMMENT ON COLUMN fec.run.options IS 'the options that it was started with';
COMMENT ON COLUMN fec.run.host IS 'the machine that ran it';
COMMENT ON COLUMN fec.run.process_id IS 'the driver''s process on that machine';
COMMENT ON COLUMN fec.run.version IS 'the version of fecpipe';
COMMENT ON COLUMN fec.run.settings IS
    'the settings that it was made with: force, max_withdrawn, min_withdrawn, grace_days, uncoded';
COMMENT ON COLUMN fec.run.seal IS
    'a hash over what is said of the run here and in run_dataset, made at its end; for pipeline.sh '
    'verify';

CREATE TABLE IF NOT EXISTS fec.run_dataset (
    run_id        bigint NOT NULL REFERENCES fec.run ON DELETE CASCADE,
    dataset       text NOT NULL,
    status        text NOT NULL
                  CHECK (status IN ('staging', 'staged', 'applied', 'skipped', 'absent', 'failed')),
    url           text,
    etag          text,
    last_modified timestamptz,
    length        bigint,
    bytes         bigint,
    rows_read     bigint,
    rejected      bigint,
    repeated      bigint,
    conflicting   bigint,
    undated       bigint,
    unchanged     bigint,
    inserted      bigint,
    changed       bigint,
    confirmed     bigint,
    withdrawn     bigint,
    seconds       numeric(12,1),
    staging       text,
    first_load    boolean,
    known         bigint,
    passed        bigint,
    completed     bigint,
    unconfirmed   bigint,
    uncoded       bigint,
    other_codes   bigint,
    kept_unread   bigint,
    rejected_without_key bigint,
    repaired      bigint,
    PRIMARY KEY (run_id, dataset)
);

COMMENT ON TABLE fec.run_dataset IS 'What a run did with each of its datasets.';
COMMENT ON COLUMN fec.run_dataset.run_id IS 'the run (fec.run)';
COMMENT ON COLUMN fec.run_dataset.dataset IS 'the FEC''s name of the file: cm, cn, indiv ...';
COMMENT ON COLUMN fec.run_dataset.status IS
    'staging (being read); staged (loaded, not applied: a dry run, or the run failed later); '
    'applied; skipped (the FEC has not changed the file since the last good run); absent (the FEC '
    'has no such file for the cycle); failed';
COMMENT ON COLUMN fec.run_dataset.url IS 'where it came from';
COMMENT ON COLUMN fec.run_dataset.etag IS 'the file''s ETag, as the server sent it';
COMMENT ON COLUMN fec.run_dataset.last_modified IS 'the file''s Last-Modified';
COMMENT ON COLUMN fec.run_dataset.length IS 'the file''s length in bytes';
COMMENT ON COLUMN fec.run_dataset.bytes IS
    'bytes of it that were read; a zip is read only as far as needed';
COMMENT ON COLUMN fec.run_dataset.rows_read IS 'lines in the file';
COMMENT ON COLUMN fec.run_dataset.rejected IS 'lines that cannot be a record';
COMMENT ON COLUMN fec.run_dataset.repeated IS 'records that came again with the same content';
COMMENT ON COLUMN fec.run_dataset.conflicting IS
    'records whose key came again with other content; the later one counts';
COMMENT ON COLUMN fec.run_dataset.undated IS 'records with an invalid date; they still count';
COMMENT ON COLUMN fec.run_dataset.unchanged IS 'records that the table had, the same';
COMMENT ON COLUMN fec.run_dataset.completed IS
    'rows of which one source filled in what the other lacks; part of unchanged';
COMMENT ON COLUMN fec.run_dataset.inserted IS 'records that the table did not have';
COMMENT ON COLUMN fec.run_dataset.changed IS 'rows that the FEC has corrected';
COMMENT ON COLUMN fec.run_dataset.confirmed IS
    'rows of which only the hash changed, nothing that can be seen; part of unchanged';
COMMENT ON COLUMN fec.run_dataset.withdrawn IS 'rows that the FEC no longer has';
COMMENT ON COLUMN fec.run_dataset.unconfirmed IS
    'rows of the API that no bulk file has confirmed, taken out after the grace';
COMMENT ON COLUMN fec.run_dataset.uncoded IS 'rows of the API that have no receipt_type yet';
COMMENT ON COLUMN fec.run_dataset.other_codes IS
    'rows of the API whose receipt_type belongs to another bulk file';
COMMENT ON COLUMN fec.run_dataset.kept_unread IS
    'rows kept because a rejected line of the file has their key';
COMMENT ON COLUMN fec.run_dataset.rejected_without_key IS
    'rejected lines whose key cannot be read';
COMMENT ON COLUMN fec.run_dataset.repaired IS
    'rows that somebody had changed by hand and that are again as the FEC has them; part of '
    'unchanged';
COMMENT ON COLUMN fec.run_dataset.staging IS 'the table in fec_staging that it was loaded into';
COMMENT ON COLUMN fec.run_dataset.first_load IS 'the table had no partition of the cycle';
COMMENT ON COLUMN fec.run_dataset.known IS 'rows that the table had when records were compared';
COMMENT ON COLUMN fec.run_dataset.passed IS 'records that were loaded into the staging table';
COMMENT ON COLUMN fec.run_dataset.seconds IS
    'time from the start of the download until all was staged';

CREATE INDEX IF NOT EXISTS run_cycle_idx ON fec.run (cycle, run_id);

CREATE TABLE IF NOT EXISTS fec.extraction_state (
    committee_id           text NOT NULL,
    cycle                  smallint NOT NULL,
    last_contribution_date date,
    last_sub_id            bigint,
    contribution_count     bigint NOT NULL,
    window_from            date,
    window_to              date,
    complete               boolean NOT NULL,
    resume_at              text,
    source                 text NOT NULL CHECK (source IN ('bulk', 'api')),
    run_id                 bigint NOT NULL,
    updated_at             timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (committee_id, cycle)
);

COMMENT ON TABLE fec.extraction_state IS
    'How far the contributions to each committee have been read, so that the next run knows where '
    'to resume.';
COMMENT ON COLUMN fec.extraction_state.committee_id IS 'CMTE_ID';
COMMENT ON COLUMN fec.extraction_state.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.extraction_state.last_contribution_date IS
    'the latest receipt date that is not in the future (there are such errors)';
COMMENT ON COLUMN fec.extraction_state.last_sub_id IS 'the highest SUB_ID of that date';
COMMENT ON COLUMN fec.extraction_state.contribution_count IS 'rows in fec.contribution';
COMMENT ON COLUMN fec.extraction_state.window_from IS 'receipts were read from this date on';
COMMENT ON COLUMN fec.extraction_state.window_to IS 'the source was of this day';
COMMENT ON COLUMN fec.extraction_state.complete IS 'the window was read to its end';
COMMENT ON COLUMN fec.extraction_state.resume_at IS
    'where to resume if it was not: the API''s last_indexes';
COMMENT ON COLUMN fec.extraction_state.source IS 'what was read last: bulk or api';
COMMENT ON COLUMN fec.extraction_state.run_id IS 'the run that read it';
COMMENT ON COLUMN fec.extraction_state.updated_at IS 'when that was';

-- The seal of a run, as it must be once the run has ended. Times are not part of it.
CREATE OR REPLACE FUNCTION fec.seal_of_run(run_id bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT hashtextextended(concat_ws(E'\n', run.kind, run.cycle, run.status, run.settings, (
               SELECT string_agg(jsonb_strip_nulls(to_jsonb(d) - ARRAY['last_modified', 'seconds',
                                                                       'staging'])::text,
                                 E'\n' ORDER BY d.dataset)
                 FROM fec.run_dataset AS d
                WHERE d.run_id = run.run_id)), 0)
      FROM fec.run
     WHERE run.run_id = $1
$$;
COMMENT ON FUNCTION fec.seal_of_run(bigint) IS
    'A hash over what fec.run and fec.run_dataset say of a run.';

-- Which runs were daily, and when they began, decides what a bulk file may change in their rows. So
-- that is kept also of runs whose rows in fec.run are deleted.
CREATE TABLE IF NOT EXISTS fec.forgotten_run (
    run_id     bigint PRIMARY KEY,
    kind       text NOT NULL,
    cycle      smallint NOT NULL,
    started_at timestamptz NOT NULL
);
COMMENT ON TABLE fec.forgotten_run IS
    'What is still needed of runs that were deleted from fec.run.';
COMMENT ON COLUMN fec.forgotten_run.run_id IS 'its number in fec.run';
COMMENT ON COLUMN fec.forgotten_run.kind IS 'monthly or daily';
COMMENT ON COLUMN fec.forgotten_run.cycle IS 'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.forgotten_run.started_at IS 'when it began';

CREATE OR REPLACE FUNCTION fec.forget_runs() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO fec.forgotten_run (run_id, kind, cycle, started_at)
    SELECT run_id, kind, cycle, started_at FROM fec.run
     WHERE TG_OP = 'TRUNCATE' OR run_id = OLD.run_id
        ON CONFLICT (run_id) DO NOTHING;
    RETURN OLD;
END $$;
COMMENT ON FUNCTION fec.forget_runs() IS 'Keeps in fec.forgotten_run what is needed of a run.';

DROP TRIGGER IF EXISTS forgets ON fec.run;
CREATE TRIGGER forgets BEFORE DELETE ON fec.run
    FOR EACH ROW EXECUTE FUNCTION fec.forget_runs();
DROP TRIGGER IF EXISTS forgets_all ON fec.run;
CREATE TRIGGER forgets_all BEFORE TRUNCATE ON fec.run
    FOR EACH STATEMENT EXECUTE FUNCTION fec.forget_runs();

-- The daily runs and when they began. A clock can have been ahead: a run that is dated after now
-- began no later than the run that came after it, or else no later than now.
CREATE OR REPLACE VIEW fec.daily_run AS
WITH known AS (
    SELECT run_id, kind, cycle, started_at FROM fec.run
     UNION ALL
    SELECT run_id, kind, cycle, started_at FROM fec.forgotten_run
)
SELECT run_id, cycle,
       CASE WHEN started_at <= now() THEN started_at
            ELSE coalesce((SELECT min(later.started_at) FROM known AS later
                            WHERE later.run_id > known.run_id AND later.started_at <= now()), now())
       END AS began
  FROM known
 WHERE kind = 'daily';
COMMENT ON VIEW fec.daily_run IS 'The daily runs and when they began, whatever the clock said.';

-- How far the FEC's API has been read. Included by schema.sql.

CREATE TABLE IF NOT EXISTS fec.sweep (
    sweep_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cycle          smallint NOT NULL,
    dataset        text NOT NULL CHECK (dataset IN ('schedule_a', 'committees', 'candidates')),
    strategy       text NOT NULL CHECK (strategy IN ('load-date', 'committee')),
    scope          text NOT NULL,
    since          date,
    started_at     timestamptz NOT NULL DEFAULT now(),
    finished_at    timestamptz,
    complete       boolean NOT NULL DEFAULT false,
    cursor         text,
    calls          bigint NOT NULL DEFAULT 0,
    rows_read      bigint NOT NULL DEFAULT 0,
    expected_calls bigint,
    run_id         bigint NOT NULL,
    short          bigint
);

COMMENT ON TABLE fec.sweep IS
    'One pass over an endpoint of the API. It can take several runs: each batch of pages is '
    'applied in one transaction with the position after it, and the next run resumes there.';
COMMENT ON COLUMN fec.sweep.sweep_id IS 'counts up';
COMMENT ON COLUMN fec.sweep.cycle IS 'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.sweep.dataset IS 'the endpoint: schedule_a, committees or candidates';
COMMENT ON COLUMN fec.sweep.strategy IS
    'load-date: what the FEC has loaded since a day; committee: each committee''s receipts since '
    'the last one that it has';
COMMENT ON COLUMN fec.sweep.scope IS
    'all; full (whatever was read before); or the committees that were named';
COMMENT ON COLUMN fec.sweep.since IS
    'the day from which it reads: the last complete run''s less the days to look back; NULL: all';
COMMENT ON COLUMN fec.sweep.started_at IS
    'when it began: what the FEC had then is read when it ends';
COMMENT ON COLUMN fec.sweep.finished_at IS
    'when it ended; a sweep that is not complete then was overtaken by a later one or by the bulk '
    'file';
COMMENT ON COLUMN fec.sweep.complete IS 'it was read to its end';
COMMENT ON COLUMN fec.sweep.cursor IS 'where to resume: the cursor file of fec-fetch';
COMMENT ON COLUMN fec.sweep.calls IS 'calls of the API that it has cost';
COMMENT ON COLUMN fec.sweep.rows_read IS 'rows that came';
COMMENT ON COLUMN fec.sweep.expected_calls IS 'calls that were still needed after the last batch';
COMMENT ON COLUMN fec.sweep.run_id IS 'the run that read it last (fec.run)';
COMMENT ON COLUMN fec.sweep.short IS
    'rows that the API had counted and that never came; NULL or 0 if all came';

CREATE INDEX IF NOT EXISTS sweep_cycle_idx ON fec.sweep (cycle, dataset, sweep_id);

CREATE TABLE IF NOT EXISTS fec.sweep_committee (
    sweep_id     bigint NOT NULL REFERENCES fec.sweep ON DELETE CASCADE,
    position     integer NOT NULL,
    group_number integer NOT NULL,
    committee_id text NOT NULL,
    min_date     date,
    PRIMARY KEY (sweep_id, position)
);

COMMENT ON TABLE fec.sweep_committee IS
    'What a sweep by committee asks for, in this order, ten committees a call; emptied at its end.';
COMMENT ON COLUMN fec.sweep_committee.sweep_id IS 'the sweep (fec.sweep)';
COMMENT ON COLUMN fec.sweep_committee.position IS 'the order, from 0';
COMMENT ON COLUMN fec.sweep_committee.group_number IS 'those that are asked for together, from 0';
COMMENT ON COLUMN fec.sweep_committee.committee_id IS 'CMTE_ID';
COMMENT ON COLUMN fec.sweep_committee.min_date IS 'receipts of this day and later; NULL for all';

-- Until when the table has what the FEC had: the latest of the bulk file's time and, if sweeps are
-- to count, the beginnings of the complete sweeps over all of the cycle. One by committee never
-- counts, for it does not see late amendments of old receipts. NULL if nothing was read yet. A
-- clock can have been ahead, a server's or our own: what is dated after now counts as of now.
CREATE OR REPLACE FUNCTION fec.covered_until(covered_cycle integer, endpoint text,
                                             by_sweeps boolean DEFAULT true)
RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT max(until)
      FROM (SELECT least(started_at, now()) AS until FROM fec.sweep
             WHERE cycle = covered_cycle AND dataset = endpoint AND complete
               AND strategy = 'load-date' AND by_sweeps
            UNION ALL
            SELECT least(coalesce(d.last_modified, r.started_at), r.started_at, now())
              FROM fec.run AS r JOIN fec.run_dataset AS d USING (run_id)
             WHERE r.cycle = covered_cycle AND r.kind = 'monthly' AND r.status = 'complete'
               AND d.status IN ('applied', 'skipped')
               AND d.dataset = CASE endpoint WHEN 'schedule_a' THEN 'indiv'
                                             WHEN 'committees' THEN 'cm' ELSE 'cn' END) AS known
$$;
COMMENT ON FUNCTION fec.covered_until(integer, text, boolean) IS
    'Until when a cycle''s table has what the FEC had: schedule_a, committees or candidates.';

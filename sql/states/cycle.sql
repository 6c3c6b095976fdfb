-- cycle.sql - brings the extraction states of all committees of a cycle up to date, from the table
-- of contributions itself. Takes cycle, run_id, file_time, and recount: false if no contribution
-- came, changed or went, so that the counts still hold. Sets states_updated.

SELECT least(coalesce(nullif(:'file_time', '')::timestamptz, now()), now())::date AS window_to
\gset

\if :recount
    -- Committee and date first: that leaves few rows, among which the latest date of each committee
    -- is found fast. In a table of its own, since PostgreSQL uses no parallel workers within an
    -- INSERT: for 9.2 million rows that takes 2 s instead of 9.
    CREATE TEMPORARY TABLE fecpipe_per_date ON COMMIT DROP AS
    SELECT committee_id, contribution_receipt_date AS receipt_date,
           count(*) AS count, max(sub_id) AS sub_id
      FROM fec.contribution
     WHERE cycle = :cycle AND committee_id IS NOT NULL
     GROUP BY committee_id, contribution_receipt_date;

    WITH counts AS (
        SELECT committee_id, sum(count) AS count FROM fecpipe_per_date GROUP BY committee_id
    ), latest AS (
        SELECT DISTINCT ON (committee_id) committee_id, receipt_date, sub_id
          FROM fecpipe_per_date
         WHERE receipt_date <= current_date
         ORDER BY committee_id, receipt_date DESC
    )
    INSERT INTO fec.extraction_state AS state
           (committee_id, cycle, last_contribution_date, last_sub_id, contribution_count,
            window_from, window_to, complete, resume_at, source, run_id)
    SELECT committee_id, :cycle, receipt_date, sub_id, count,
           make_date(:cycle - 1, 1, 1), :'window_to', true, NULL, 'bulk', :run_id
      FROM counts LEFT JOIN latest USING (committee_id)
        ON CONFLICT (committee_id, cycle) DO UPDATE
       SET last_contribution_date = excluded.last_contribution_date,
           last_sub_id = excluded.last_sub_id,
           contribution_count = excluded.contribution_count,
           window_from = excluded.window_from, window_to = excluded.window_to,
           complete = true, resume_at = NULL, source = 'bulk',
           run_id = excluded.run_id, updated_at = now();
    \set states_updated :ROW_COUNT

    -- Committees all of whose contributions were withdrawn.
    UPDATE fec.extraction_state
       SET last_contribution_date = NULL, last_sub_id = NULL, contribution_count = 0,
           window_from = make_date(:cycle - 1, 1, 1), window_to = :'window_to',
           complete = true, resume_at = NULL, source = 'bulk', run_id = :run_id, updated_at = now()
     WHERE cycle = :cycle AND run_id <> :run_id;
    SELECT :states_updated + :ROW_COUNT AS states_updated
    \gset
\else
    UPDATE fec.extraction_state
       SET window_from = make_date(:cycle - 1, 1, 1), window_to = :'window_to',
           complete = true, resume_at = NULL, source = 'bulk', run_id = :run_id, updated_at = now()
     WHERE cycle = :cycle;
    \set states_updated :ROW_COUNT
\endif

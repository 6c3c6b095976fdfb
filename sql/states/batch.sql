-- batch.sql - the extraction states after a batch of the API's contributions, in the
-- transaction of the batch. After apply/batch.sql.
--
-- Takes the psql variables
--   cycle, run_id, sweep_id
--   by_committee    true if the sweep goes committee by committee
--   covers_all      true if it reads all of the cycle, whatever was read before
--   complete        true if the sweep was read to its end
--   group_before, group_now
--                   by committee: the group of committees that the batch began and ended in
--   resume_at       where the next batch goes on; begins with sweep=ID and a blank

SELECT started_at::date AS sweep_day FROM fec.sweep WHERE sweep_id = :sweep_id
\gset

-- Committees of which rows came. They are not complete before the sweep is, or has gone on to the
-- next group. One that was not asked for (a row has gone from it to another) is only counted.
INSERT INTO fec.extraction_state AS state
       (committee_id, cycle, last_contribution_date, last_sub_id, contribution_count,
        window_from, window_to, complete, resume_at, source, run_id)
SELECT committee_id, :cycle, receipt_date, sub_id, added,
       coalesce(min_date, make_date(:cycle - 1, 1, 1)), :'sweep_day', false,
       CASE WHEN NOT :by_committee OR asked.committee_id IS NOT NULL THEN :'resume_at' END,
       'api', :run_id
  FROM fecpipe_batch
  LEFT JOIN (SELECT committee_id, min_date FROM fec.sweep_committee
              WHERE sweep_id = :sweep_id) AS asked USING (committee_id)
    ON CONFLICT (committee_id, cycle) DO UPDATE
   SET last_contribution_date = greatest(state.last_contribution_date,
                                         excluded.last_contribution_date),
       last_sub_id = CASE
           WHEN excluded.last_contribution_date IS NULL
                OR excluded.last_contribution_date < state.last_contribution_date
                THEN state.last_sub_id
           WHEN excluded.last_contribution_date = state.last_contribution_date
                THEN greatest(state.last_sub_id, excluded.last_sub_id)
           ELSE excluded.last_sub_id END,
       contribution_count = state.contribution_count + excluded.contribution_count,
       complete = state.complete AND excluded.resume_at IS NULL,
       resume_at = coalesce(excluded.resume_at, state.resume_at), source = 'api',
       run_id = excluded.run_id, updated_at = now();

\if :by_committee
    -- Committees whose group is done, with rows or without. What another sweep has begun and not
    -- finished stays so.
    INSERT INTO fecpipe_recount
    SELECT committee_id
      FROM fec.sweep_committee AS asked
     WHERE sweep_id = :sweep_id AND group_number >= :group_before
       AND (group_number < :group_now OR :complete)
       AND NOT EXISTS (SELECT FROM fec.extraction_state AS state
                        WHERE state.committee_id = asked.committee_id AND state.cycle = :cycle);
    INSERT INTO fec.extraction_state AS state
           (committee_id, cycle, contribution_count, window_from, window_to, complete, source,
            run_id)
    SELECT committee_id, :cycle, 0, coalesce(min_date, make_date(:cycle - 1, 1, 1)), :'sweep_day',
           true, 'api', :run_id
      FROM fec.sweep_committee
     WHERE sweep_id = :sweep_id AND group_number >= :group_before
       AND (group_number < :group_now OR :complete)
        ON CONFLICT (committee_id, cycle) DO UPDATE
       SET window_from = least(state.window_from, excluded.window_from),
           window_to = greatest(state.window_to, excluded.window_to),
           complete = state.complete OR state.resume_at IS NULL
                      OR state.resume_at LIKE 'sweep=' || :sweep_id || ' %',
           resume_at = CASE WHEN state.resume_at NOT LIKE 'sweep=' || :sweep_id || ' %'
                            THEN state.resume_at END,
           source = 'api', run_id = excluded.run_id, updated_at = now();

    -- The group in which the batch has stopped: what was begun of it waits.
    UPDATE fec.extraction_state AS state
       SET complete = false, resume_at = :'resume_at', run_id = :run_id, updated_at = now()
      FROM fec.sweep_committee AS asked
     WHERE asked.sweep_id = :sweep_id AND asked.group_number = :group_now AND NOT :complete
       AND state.committee_id = asked.committee_id AND state.cycle = :cycle
       AND :'resume_at' LIKE '% last_index=%';
    DELETE FROM fec.sweep_committee WHERE sweep_id = :sweep_id AND :complete;
\else
    -- What another sweep has left unfinished stays so, unless this one has read everything.
    UPDATE fec.extraction_state
       SET window_to = greatest(window_to, :'sweep_day'), source = 'api',
           complete = complete OR :covers_all OR resume_at LIKE 'sweep=' || :sweep_id || ' %',
           resume_at = CASE WHEN NOT :covers_all
                             AND resume_at NOT LIKE 'sweep=' || :sweep_id || ' %'
                            THEN resume_at END,
           run_id = :run_id, updated_at = now()
     WHERE cycle = :cycle AND :complete;

    -- What has read everything makes the states that are missing, and counts all.
    SELECT :covers_all AND :complete AS counts_all
    \gset
    \if :counts_all
        INSERT INTO fecpipe_recount
        SELECT DISTINCT committee_id FROM fec.contribution
         WHERE cycle = :cycle AND committee_id IS NOT NULL
        UNION
        SELECT committee_id FROM fec.extraction_state WHERE cycle = :cycle;
        INSERT INTO fec.extraction_state (committee_id, cycle, contribution_count, window_from,
                                          window_to, complete, source, run_id)
        SELECT DISTINCT committee_id, :cycle, 0, make_date(:cycle - 1, 1, 1), :'sweep_day'::date,
               true, 'api', :run_id
          FROM fecpipe_recount
            ON CONFLICT (committee_id, cycle) DO NOTHING;
    \endif
\endif

\ir recount.sql

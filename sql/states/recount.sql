-- recount.sql - what the states of the committees in fecpipe_recount say of their rows,
-- from the table of contributions itself. Takes cycle.

SELECT EXISTS (SELECT FROM fecpipe_recount) AS there_are_some
\gset
\if :there_are_some
    ANALYZE fecpipe_recount;
    WITH per_date AS (
        SELECT committee_id, contribution_receipt_date AS receipt_date, count(*) AS count,
               max(sub_id) AS sub_id
          FROM fec.contribution
         WHERE cycle = :cycle AND committee_id IN (SELECT committee_id FROM fecpipe_recount)
         GROUP BY committee_id, contribution_receipt_date
    ), counts AS (
        SELECT committee_id, sum(count) AS count FROM per_date GROUP BY committee_id
    ), latest AS (
        SELECT DISTINCT ON (committee_id) committee_id, receipt_date, sub_id
          FROM per_date
         WHERE receipt_date <= current_date
         ORDER BY committee_id, receipt_date DESC
    )
    UPDATE fec.extraction_state AS state
       SET contribution_count = coalesce(counts.count, 0),
           last_contribution_date = latest.receipt_date, last_sub_id = latest.sub_id
      FROM (SELECT DISTINCT committee_id FROM fecpipe_recount) AS recount
      LEFT JOIN counts USING (committee_id) LEFT JOIN latest USING (committee_id)
     WHERE state.committee_id = recount.committee_id AND state.cycle = :cycle;
\endif

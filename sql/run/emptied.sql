-- emptied.sql - refuses a daily run over a table of contributions that somebody has emptied: to add
-- what is new would hide that nearly all is missing, from the monthly run too. Takes run_id, and
-- full: true if the run is to read everything anyway. Returns no rows.

SELECT fec.refuse_if(NOT :'full' AND NOT fec.has_rows('contribution', run.cycle)
                     AND coalesce(fec.rows_left('contribution', run.cycle), (
                          SELECT sum(d.inserted - d.withdrawn - coalesce(d.unconfirmed, 0))
                            FROM fec.run_dataset AS d JOIN fec.run AS r USING (run_id)
                            JOIN fec.dataset USING (dataset)
                           WHERE r.cycle = run.cycle AND table_name = 'contribution'
                             AND (d.status = 'applied' OR dataset.kind = 'api')), 0) > 0,
    format('fec.contribution has lost its rows of cycle %1$s: run ''pipeline.sh monthly --cycle '
           '%1$s'', which brings them back', run.cycle), 'ZF078')
  FROM fec.run
 WHERE run_id = :run_id
\g /dev/null

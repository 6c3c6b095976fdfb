-- analyze.sql - gives the planner fresh statistics of the tables in which a monthly run has changed
-- much. Takes run_id, returns no rows. The run is complete without it.

SELECT format('ANALYZE %s', fec.partition_of(table_name, cycle))
  FROM fec.run_dataset AS d JOIN fec.run USING (run_id) JOIN fec.dataset USING (dataset)
 WHERE run_id = :run_id AND d.status = 'applied' AND NOT first_load AND passed > known / 20
\gexec

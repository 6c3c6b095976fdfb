-- variables.sql - what the scripts that apply a dataset need to know of it, from the database. Takes
-- run_id and dataset. Sets cycle, table, staging, first_load, known, passed, file_time, from_api and
-- force as variables of psql.

SELECT run.cycle, dataset.table_name AS "table", d.staging, coalesce(d.first_load, false)::text
           AS first_load,
       coalesce(d.known, 0) AS known, coalesce(d.passed, 0) AS passed,
       coalesce(d.last_modified::text, '') AS file_time, (dataset.kind = 'api')::text AS from_api,
       coalesce((run.settings ->> 'force')::boolean, false)::text AS force
  FROM fec.run JOIN fec.run_dataset AS d USING (run_id) JOIN fec.dataset USING (dataset)
 WHERE run.run_id = :run_id AND d.dataset = :'dataset'
\gset

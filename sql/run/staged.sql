-- staged.sql - records that a file is staged, after its pipe has ended well. Takes what record.sql
-- takes, but for status; loaded is pg-load's statistics. Returns no rows.
--
-- Refuses a file without rows while the table has some, unless the run is forced: the first months
-- of a cycle have such files, later they are damaged.

SELECT fec.refuse_if((fec.stats(:'deduped') ->> 'passed')
                     IS DISTINCT FROM (fec.stats(:'loaded') ->> 'records'),
    format('%s: fec-dedupe passed on %s records, pg-load took %s', :'dataset',
           fec.stats(:'deduped') ->> 'passed', fec.stats(:'loaded') ->> 'records'), 'ZF070')
\g /dev/null
SELECT fec.refuse_if(
    coalesce((fec.stats(:'deduped') ->> 'records')::bigint, 0) = 0
        AND NOT coalesce((settings ->> 'force')::boolean, false)
        AND fec.has_rows(table_name, cycle),
    format('%s %s: the file came without its rows; --force goes on', :'dataset', cycle))
  FROM fec.run, fec.dataset
 WHERE run_id = :run_id AND dataset = :'dataset'
\g /dev/null
\set status staged
\ir record.sql

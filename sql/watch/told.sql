-- told.sql - what the watch list has found in the runs of a driver, for people. Takes what
-- ../run/of-driver.sql takes. Returns lines, of which the first says how many
-- rows there are; 200 of them are listed.

\ir ../run/of-driver.sql
CREATE TEMPORARY TABLE fecpipe_found AS
SELECT found.*, run.cycle,
       row_number() OVER (ORDER BY place, dataset.position, row_key,
                          array_position('{new,before,after,withdrawn,unconfirmed}', change))
           AS number
  FROM fecpipe_of_driver AS run
  JOIN fec.watch_match AS found USING (run_id)
  JOIN fec.dataset USING (dataset);

SELECT CASE WHEN count(*) = 0 THEN 'WATCH LIST: no rows'
            ELSE format('WATCH LIST: %s', to_char(count(*), 'FM999,999,999,990'))
                 || CASE count(*) WHEN 1 THEN ' row' ELSE ' rows' END END
  FROM fecpipe_found;
SELECT concat_ws('  ', '', rpad(change, 11), dataset || ' ' || cycle, committee_id, day, amount,
                 name, '(' || matched || ')')
  FROM fecpipe_found
 WHERE number <= 200
 ORDER BY number;
SELECT '  ... all of them are in fec.watch_match' FROM fecpipe_found WHERE number = 201;

-- overtaken.sql - of records with one key and different content the last one counts. Part of
-- count.sql and rows.sql, after find.sql. Sets ds_overtaken, the number of the others.
--
-- Rows lie in the staged table in the order in which they were loaded, which is that of the file.

DELETE FROM fec_staging.:"staging"
 WHERE ctid IN (
    SELECT ctid
      FROM (SELECT ctid, row_number() OVER (PARTITION BY :"key" ORDER BY ctid DESC) AS from_last
              FROM fec_staging.:"staging"
             WHERE :"key" IN (SELECT :"key" FROM fec_staging.:"conflicts")) AS conflicting
     WHERE from_last > 1);
\set ds_overtaken :ROW_COUNT

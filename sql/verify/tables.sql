-- tables.sql - the datasets of which a cycle has rows, or should have. Takes cycle, and datasets:
-- those that are wanted, with commas between; empty: all. Returns a row for each with dataset,
-- table, key, and t if rows are kept there as they were before they were completed.

SELECT dataset, table_name, key_column,
       to_regclass(format('fec.%I', table_name || '_completion')) IS NOT NULL
  FROM fec.dataset
 WHERE kind = 'bulk'
   AND (:'datasets' = '' OR dataset = ANY (string_to_array(:'datasets', ',')))
   AND (fec.partition_of(table_name, :cycle) IS NOT NULL
        OR coalesce(fec.rows_left(table_name, :cycle), 0) <> 0)
 ORDER BY position;

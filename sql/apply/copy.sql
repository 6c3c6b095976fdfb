-- copy.sql - a cycle without a partition gets one, and the staged rows are copied into it. Part of
-- dataset.sql, with its variables, where attach.sql would have to wait.

SELECT fec.make_partition(:'table', :cycle)
\g (format=unaligned tuples_only=on) /dev/null
INSERT INTO fec.:"table" (:columns) SELECT :columns FROM fec_staging.:"staging";

SELECT :'table' || '_' || :cycle AS partition
\gset
ANALYZE fec.:"partition";

-- usual.sql - the indexes for usual questions. Defines pg_temp.usual_indexes(cycle, list), where
-- cycle is NULL for all cycles and list has names of indexes with commas or blanks between them.
-- For each partition it returns those that its table has the columns for:
--   table_name, partition, name, position, index_name, definition (what comes after the table).
-- Refuses a name that is not in the list. Leaves out `name` where this database cannot have the
-- extension pg_trgm, which comes with PostgreSQL; then fecpipe_without says why.

CREATE TEMPORARY TABLE fecpipe_usual (position integer, name text, definition text, columns text[]);
INSERT INTO fecpipe_usual VALUES
    -- What a committee has got, by month say, and for sums without a look at the table.
    (1, 'committee', '(committee_id, contribution_receipt_date) INCLUDE (cycle, receipt_type,'
        ' memo_code, contribution_receipt_amount, contributor_state)',
     '{committee_id,contribution_receipt_date,receipt_type,memo_code,contribution_receipt_amount,'
     'contributor_state}'),
    (1, 'committee', '(committee_id, disbursement_date) INCLUDE (cycle, memo_code,'
        ' disbursement_amount)',
     '{committee_id,disbursement_date,memo_code,disbursement_amount}'),
    -- Any part of a name: WHERE contributor_name LIKE '%SMITH%'.
    (2, 'name', 'USING gin (contributor_name TRIGRAMS)', '{contributor_name}'),
    (2, 'name', 'USING gin (recipient_name TRIGRAMS)', '{recipient_name}'),
    -- Also the first five digits: WHERE contributor_zip LIKE '62701%'.
    (3, 'zip', '(contributor_zip text_pattern_ops)', '{contributor_zip}'),
    (3, 'zip', '(recipient_zip text_pattern_ops)', '{recipient_zip}'),
    (4, 'state', '(contributor_state, contribution_receipt_date)',
     '{contributor_state,contribution_receipt_date}'),
    (4, 'state', '(recipient_state, disbursement_date)', '{recipient_state,disbursement_date}'),
    (5, 'date', '(contribution_receipt_date)', '{contribution_receipt_date}'),
    (5, 'date', '(disbursement_date)', '{disbursement_date}'),
    (6, 'amount', '(contribution_receipt_amount)', '{contribution_receipt_amount}'),
    (6, 'amount', '(disbursement_amount)', '{disbursement_amount}');

CREATE TEMPORARY TABLE fecpipe_without (reason text);

-- Makes the extension unless it is there; returns its operator class with its schema, or NULL.
CREATE FUNCTION pg_temp.trigrams() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    class text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE EXTENSION pg_trgm SCHEMA fec;
    END IF;
    SELECT format('%I.gin_trgm_ops', nspname) INTO STRICT class
      FROM pg_extension JOIN pg_namespace AS n ON n.oid = extnamespace WHERE extname = 'pg_trgm';
    RETURN class;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    INSERT INTO fecpipe_without
    VALUES ('no index on names: the extension pg_trgm cannot be made: ' || SQLERRM);
    RETURN NULL;
END $$;

CREATE FUNCTION pg_temp.usual_indexes(of_cycle integer, list text)
RETURNS TABLE (table_name text, partition text, name text, "position" integer, index_name text,
               definition text)
LANGUAGE plpgsql AS $$
DECLARE
    chosen   text[] := array_remove(regexp_split_to_array(list, '[\s,]+'), '');
    unknown  text;
    trigrams text;
BEGIN
    SELECT word INTO unknown FROM unnest(chosen) AS word
     WHERE word <> 'none' AND word NOT IN (SELECT usual.name FROM fecpipe_usual AS usual);
    PERFORM fec.refuse_if(unknown IS NOT NULL,
        format('there is no index %L; there are %s, and none', unknown,
               (SELECT string_agg(u.name, ', ') FROM (SELECT DISTINCT usual.position, usual.name
                    FROM fecpipe_usual AS usual ORDER BY 1) AS u)), 'ZF078');
    IF 'name' = ANY (chosen) THEN
        trigrams := pg_temp.trigrams();
    END IF;
    RETURN QUERY
    SELECT parent.relname::text, part.relname::text, usual.name, usual.position,
           part.relname || '_by_' || usual.name,
           replace(usual.definition, 'TRIGRAMS', coalesce(trigrams, ''))
      FROM pg_inherits JOIN pg_class AS part ON part.oid = inhrelid
      JOIN pg_class AS parent ON parent.oid = inhparent
      JOIN fecpipe_usual AS usual
        ON usual.columns <@ ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = part.oid)
     WHERE parent.relnamespace = 'fec'::regnamespace AND part.relkind = 'r'
       AND parent.relname IN (SELECT dataset.table_name FROM fec.dataset)
       AND usual.name = ANY (chosen) AND (usual.name <> 'name' OR trigrams IS NOT NULL)
       AND (of_cycle IS NULL OR part.relname LIKE '%\_' || of_cycle);
END $$;

-- upgrade-4.sql - brings a database of version 3 of the schema to version 4. Included by
-- schema.sql, in its transaction, after upgrade-3.sql and before the files that define the tables:
-- they add what is new as a whole, this script changes what is there. Prints what it does.
--
-- New in version 4 are the tables of codes and of six more bulk files (committee_totals ...), the
-- views of sql/answers and the functions that give a table as it was. What was there before a row
-- was completed is kept from now on (fec.contribution_completion and its likes): of the time before
-- the upgrade it cannot be told any more.

\echo 'Upgrading the database to version 4 of the schema, all or nothing. This takes a moment.'

-- A number, so that it can be multiplied with. Version 2 has no such table.
SELECT EXISTS (SELECT FROM pg_attribute
                WHERE attrelid = to_regclass('fec.transaction_type')
                  AND attname = 'sign_individual_receipts' AND atttypid = 'text'::regtype)
           AS has_text_signs
\gset upgrade_
\if :upgrade_has_text_signs
    SELECT fec.refuse_if(count(*) > 0,
               format('fec.transaction_type.sign_individual_receipts becomes a number, and this '
                      'depends on it: %s; drop it, and make it again afterwards',
                      string_agg(DISTINCT rule.ev_class::regclass::text, ', ')), 'ZF078')
      FROM pg_depend AS d
      JOIN pg_rewrite AS rule ON d.classid = 'pg_rewrite'::regclass AND rule.oid = d.objid
      JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE d.refclassid = 'pg_class'::regclass
       AND d.refobjid = to_regclass('fec.transaction_type')
       AND a.attname = 'sign_individual_receipts'
    \g (format=unaligned tuples_only=on) /dev/null
    ALTER TABLE fec.transaction_type
        ALTER sign_individual_receipts TYPE smallint USING sign_individual_receipts::smallint;
\endif

-- What pipeline.sh verify needs. Version 2 has been brought to version 3 by now.
ALTER TABLE fec.run ADD COLUMN IF NOT EXISTS seal bigint;
ALTER TABLE fec.run_dataset ADD COLUMN IF NOT EXISTS repaired bigint;

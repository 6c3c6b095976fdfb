-- individual-receipts-by.sql - one view of sums over fec.individual_receipt. Part of
-- individual-receipts.sql. Takes receipts_view, its name; receipts_by, the columns by which it
-- adds, as SQL; receipts_group, their names.
--
-- The rows are added by what they count as, and then laid side by side: so each row is looked at
-- once, and a condition on the columns of receipts_by reaches the indexes of the table.

CREATE OR REPLACE VIEW fec.:"receipts_view" AS
SELECT :receipts_group,
       coalesce(sum(amount) FILTER (WHERE counts_as = 'received'), 0) AS received,
       coalesce(sum(amount) FILTER (WHERE counts_as = 'refunded'), 0) AS refunded,
       coalesce(sum(amount) FILTER (WHERE counts_as = 'received'), 0)
           - coalesce(sum(amount) FILTER (WHERE counts_as = 'refunded'), 0) AS net,
       coalesce(sum(amount) FILTER (WHERE counts_as = 'passed_through'), 0) AS passed_through,
       coalesce(sum(amount) FILTER (WHERE counts_as = 'candidate_money'), 0) AS candidate_money,
       coalesce(sum(amount) FILTER (WHERE counts_as = 'memo'), 0) AS memo,
       coalesce(sum(amount) FILTER (WHERE counts_as = 'party_accounts'), 0) AS party_accounts,
       coalesce(sum(amount) FILTER (WHERE counts_as = 'party_accounts_refunded'), 0)
           AS party_accounts_refunded,
       coalesce(sum(amount) FILTER (WHERE counts_as = 'electioneering'), 0) AS electioneering,
       coalesce(sum(amount) FILTER (WHERE counts_as = 'other'), 0) AS other,
       coalesce(sum(conduit_in), 0) AS conduit_in,
       sum(rows)::bigint AS rows
  FROM (SELECT :receipts_by, counts_as, sum(contribution_receipt_amount) AS amount,
               sum(contribution_receipt_amount) FILTER (
                   WHERE counts_as = 'passed_through' AND receipt_type IN ('15I', '15T'))
                   AS conduit_in,
               count(*) AS rows
          FROM fec.individual_receipt
         GROUP BY :receipts_group, counts_as) AS sums
 GROUP BY :receipts_group;
COMMENT ON COLUMN fec.:"receipts_view".received IS '10, 11, 15, 15E';
COMMENT ON COLUMN fec.:"receipts_view".refunded IS '20Y, 21Y, 22Y, as a positive amount';
COMMENT ON COLUMN fec.:"receipts_view".net IS 'received less refunded';
COMMENT ON COLUMN fec.:"receipts_view".passed_through IS
    '15I, 15T, 24I, 24T: on its way through a conduit; the recipient has received it';
COMMENT ON COLUMN fec.:"receipts_view".candidate_money IS '15C: the candidate''s own';
COMMENT ON COLUMN fec.:"receipts_view".memo IS 'marked X, of any type: in no other column';
COMMENT ON COLUMN fec.:"receipts_view".party_accounts IS
    '30, 31, 32, also with E or T: accounts of national parties';
COMMENT ON COLUMN fec.:"receipts_view".party_accounts_refunded IS
    '40, 41, 42, with T or Y: refunds of these';
COMMENT ON COLUMN fec.:"receipts_view".electioneering IS
    '19: donations for electioneering communications';
COMMENT ON COLUMN fec.:"receipts_view".other IS 'codes that the file should not have';
COMMENT ON COLUMN fec.:"receipts_view".conduit_in IS
    '15I, 15T: the part of passed_through that came in; the conduit may have it again as 24I, 24T';
COMMENT ON COLUMN fec.:"receipts_view".rows IS 'all rows of contribution, also memos';

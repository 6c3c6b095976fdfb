-- merge-rules.sql - the rule of each column of which both the API and a bulk file tell. Included by
-- schema.sql. What the rules do is in apply/merge-api.sql and apply/merge-bulk.sql.
--
-- `of_api` says what a NULL of the API is worth:
--   as_is   the API gives the column as the FEC has it: its NULL is a value like others
--   lacks   the API does not give it, or not always: its NULL says nothing
-- The same stands in the table of fec-parse (fec-parse --columns api ENDPOINT), with the place in
-- openFEC's code that is the reason; a test compares the two.
--
-- `characters` is the length of the column in the bulk file, where a longer text was cut; by the
-- FEC's description of itcont.txt.

CREATE OR REPLACE VIEW fec.merge_rule (table_name, column_name, of_api, characters) AS
VALUES
    ('contribution', 'committee_id', 'as_is', NULL::integer),
    ('contribution', 'amendment_indicator', 'lacks', NULL),
    ('contribution', 'report_type', 'as_is', NULL),
    ('contribution', 'election_type', 'lacks', NULL),
    ('contribution', 'image_number', 'as_is', NULL),
    ('contribution', 'receipt_type', 'lacks', NULL),
    ('contribution', 'entity_type', 'as_is', NULL),
    ('contribution', 'contributor_name', 'as_is', 200),
    ('contribution', 'contributor_city', 'as_is', 30),
    ('contribution', 'contributor_state', 'as_is', NULL),
    ('contribution', 'contributor_zip', 'as_is', NULL),
    ('contribution', 'contributor_employer', 'as_is', 38),
    ('contribution', 'contributor_occupation', 'as_is', 38),
    ('contribution', 'contribution_receipt_date', 'as_is', NULL),
    ('contribution', 'contribution_receipt_amount', 'as_is', NULL),
    ('contribution', 'other_id', 'lacks', NULL),
    ('contribution', 'transaction_id', 'lacks', 32),
    ('contribution', 'file_number', 'as_is', NULL),
    ('contribution', 'memo_code', 'as_is', NULL),
    ('contribution', 'memo_text', 'as_is', 100),
    ('contribution', 'contribution_receipt_date_as_filed', 'lacks', NULL),
    ('committee', 'name', 'as_is', NULL),
    ('committee', 'treasurer_name', 'as_is', NULL),
    ('committee', 'street_1', 'lacks', NULL),
    ('committee', 'street_2', 'lacks', NULL),
    ('committee', 'city', 'lacks', NULL),
    ('committee', 'state', 'as_is', NULL),
    ('committee', 'zip', 'lacks', NULL),
    ('committee', 'designation', 'as_is', NULL),
    ('committee', 'committee_type', 'as_is', NULL),
    ('committee', 'party', 'as_is', NULL),
    ('committee', 'filing_frequency', 'as_is', NULL),
    ('committee', 'organization_type', 'as_is', NULL),
    ('committee', 'affiliated_committee_name', 'as_is', NULL),
    ('committee', 'candidate_id', 'lacks', NULL),
    ('candidate', 'name', 'as_is', NULL),
    ('candidate', 'party', 'as_is', NULL),
    ('candidate', 'candidate_election_year', 'lacks', NULL),
    ('candidate', 'state', 'as_is', NULL),
    ('candidate', 'office', 'as_is', NULL),
    ('candidate', 'district', 'as_is', NULL),
    ('candidate', 'incumbent_challenge', 'as_is', NULL),
    ('candidate', 'candidate_status', 'as_is', NULL),
    ('candidate', 'principal_committee_id', 'lacks', NULL),
    ('candidate', 'address_street_1', 'lacks', NULL),
    ('candidate', 'address_street_2', 'lacks', NULL),
    ('candidate', 'address_city', 'lacks', NULL),
    ('candidate', 'address_state', 'lacks', NULL),
    ('candidate', 'address_zip', 'lacks', NULL);

COMMENT ON VIEW fec.merge_rule IS
    'Columns that both the API and a bulk file give, with the rule by which one is chosen.';
COMMENT ON COLUMN fec.merge_rule.table_name IS 'the table in schema fec';
COMMENT ON COLUMN fec.merge_rule.column_name IS 'the column';
COMMENT ON COLUMN fec.merge_rule.of_api IS
    'what a NULL of the API is worth: as_is (a value), lacks (it says nothing)';
COMMENT ON COLUMN fec.merge_rule.characters IS
    'characters after which the bulk file cuts a text; NULL: it cuts none';

-- merge-rules.sql - the rule of each column of which both the API and a bulk file tell. Included by
-- schema.sql. What the rules do is in apply/merge-api.sql and apply/merge-bulk.sql.
--
-- `of_api` says what a NULL of the API is worth:
--   as is   the API gives the column as the FEC has it: its NULL is a value like others
--   lacks   the API does not give it, or not always: its NULL says nothing
-- The same stands in the table of fec-parse (fec-parse --columns api ENDPOINT), with the place in
-- openFEC's code that is the reason; a test compares the two.
--
-- `characters` is the length of the column in the bulk file, where a longer text was cut; by the
-- FEC's description of itcont.txt.

CREATE OR REPLACE VIEW fec.merge_rule (table_name, column_name, of_api, characters) AS
VALUES
    ('contribution', 'committee_id', 'as is', NULL::integer),
    ('contribution', 'amendment_indicator', 'lacks', NULL),
    ('contribution', 'report_type', 'as is', NULL),
    ('contribution', 'election_type', 'lacks', NULL),
    ('contribution', 'image_number', 'as is', NULL),
    ('contribution', 'receipt_type', 'as is', NULL),
    ('contribution', 'entity_type', 'as is', NULL),
    ('contribution', 'contributor_name', 'as is', 200),
    ('contribution', 'contributor_city', 'as is', 30),
    ('contribution', 'contributor_state', 'as is', NULL),
    ('contribution', 'contributor_zip', 'as is', NULL),
    ('contribution', 'contributor_employer', 'as is', 38),
    ('contribution', 'contributor_occupation', 'as is', 38),
    ('contribution', 'contribution_receipt_date', 'as is', NULL),
    ('contribution', 'contribution_receipt_amount', 'as is', NULL),
    ('contribution', 'other_id', 'lacks', NULL),
    ('contribution', 'transaction_id', 'lacks', 32),
    ('contribution', 'file_number', 'as is', NULL),
    ('contribution', 'memo_code', 'as is', NULL),
    ('contribution', 'memo_text', 'as is', 100),
    ('contribution', 'contribution_receipt_date_as_filed', 'lacks', NULL),
    ('committee', 'name', 'as is', NULL),
    ('committee', 'treasurer_name', 'as is', NULL),
    ('committee', 'street_1', 'lacks', NULL),
    ('committee', 'street_2', 'lacks', NULL),
    ('committee', 'city', 'lacks', NULL),
    ('committee', 'state', 'as is', NULL),
    ('committee', 'zip', 'lacks', NULL),
    ('committee', 'designation', 'as is', NULL),
    ('committee', 'committee_type', 'as is', NULL),
    ('committee', 'party', 'as is', NULL),
    ('committee', 'filing_frequency', 'as is', NULL),
    ('committee', 'organization_type', 'as is', NULL),
    ('committee', 'affiliated_committee_name', 'as is', NULL),
    ('committee', 'candidate_id', 'lacks', NULL),
    ('candidate', 'name', 'as is', NULL),
    ('candidate', 'party', 'as is', NULL),
    ('candidate', 'candidate_election_year', 'lacks', NULL),
    ('candidate', 'state', 'as is', NULL),
    ('candidate', 'office', 'as is', NULL),
    ('candidate', 'district', 'as is', NULL),
    ('candidate', 'incumbent_challenge', 'as is', NULL),
    ('candidate', 'candidate_status', 'as is', NULL),
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
    'what a NULL of the API is worth: as is (a value), lacks (it says nothing)';
COMMENT ON COLUMN fec.merge_rule.characters IS
    'characters after which the bulk file cuts a text; NULL: it cuts none';

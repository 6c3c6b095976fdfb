-- communication_cost.sql - communication costs (Form 7): the table of CommunicationCosts_YYYY.csv.
-- Included by schema.sql.
--
-- The key. SUB_ID is the FEC's number of the record and unique, as in the itemized files.

CREATE TABLE IF NOT EXISTS fec.communication_cost (
    sub_id                    bigint NOT NULL,
    cycle                     smallint NOT NULL,
    committee_id              text,
    committee_name            text,
    candidate_id              text,
    candidate_name            text,
    candidate_office          text,
    candidate_office_state    text,
    candidate_office_district text,
    candidate_party           text,
    transaction_date          date,
    transaction_amount        numeric(14,2),
    transaction_type          text,
    communication_type        text,
    communication_class       text,
    support_oppose_indicator  text,
    image_number              text,
    line_number               text,
    form_type_code            text,
    schedule_type             text,
    transaction_id            text,
    file_number               bigint,
    report_year               bigint,
    state_full                text,
    candidate_party_full      text,
    purpose                   text,
    transaction_date_as_filed text,
    row_hash                  bigint NOT NULL,
    run_id                    bigint NOT NULL,
    in_bulk                   boolean NOT NULL DEFAULT true,
    PRIMARY KEY (sub_id, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.communication_cost IS
    'Communication costs, Form 7 (CommunicationCosts_YYYY.csv).';
COMMENT ON COLUMN fec.communication_cost.sub_id IS 'SUB_ID: the FEC''s number of the record';
COMMENT ON COLUMN fec.communication_cost.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.communication_cost.committee_id IS 'CMTE_ID';
COMMENT ON COLUMN fec.communication_cost.committee_name IS 'CMTE_NM';
COMMENT ON COLUMN fec.communication_cost.candidate_id IS 'CAND_ID';
COMMENT ON COLUMN fec.communication_cost.candidate_name IS 'CAND_NAME';
COMMENT ON COLUMN fec.communication_cost.candidate_office IS 'CAND_OFFICE';
COMMENT ON COLUMN fec.communication_cost.candidate_office_state IS 'CAND_STATE';
COMMENT ON COLUMN fec.communication_cost.candidate_office_district IS 'CAND_OFFICE_DISTRICT';
COMMENT ON COLUMN fec.communication_cost.candidate_party IS 'CAND_PTY_AFFILIATION';
COMMENT ON COLUMN fec.communication_cost.transaction_date IS 'TRANSACTION_DT';
COMMENT ON COLUMN fec.communication_cost.transaction_amount IS 'TRANSACTION_AMT';
COMMENT ON COLUMN fec.communication_cost.transaction_type IS
    'TRANSACTION_TP: 24F for the candidate, 24N against';
COMMENT ON COLUMN fec.communication_cost.communication_type IS 'COMMUNICATION_TP';
COMMENT ON COLUMN fec.communication_cost.communication_class IS 'COMMUNICATION_CLASS';
COMMENT ON COLUMN fec.communication_cost.support_oppose_indicator IS 'SUPPORT_OPPOSE_IND';
COMMENT ON COLUMN fec.communication_cost.image_number IS
    'IMAGE_NUM: the page image, also as a link to it';
COMMENT ON COLUMN fec.communication_cost.line_number IS 'LINE_NUM';
COMMENT ON COLUMN fec.communication_cost.form_type_code IS 'FORM_TP_CD';
COMMENT ON COLUMN fec.communication_cost.schedule_type IS 'SCHED_TP_CD';
COMMENT ON COLUMN fec.communication_cost.transaction_id IS
    'TRAN_ID: the filer''s own number of the transaction';
COMMENT ON COLUMN fec.communication_cost.file_number IS 'FILE_NUM: the number of the filing';
COMMENT ON COLUMN fec.communication_cost.report_year IS 'RPT_YR';
COMMENT ON COLUMN fec.communication_cost.state_full IS 'CAND_STATE_DESCRIPTION';
COMMENT ON COLUMN fec.communication_cost.candidate_party_full IS 'CAND_PTY_AFFILIATION_DESCRIPTION';
COMMENT ON COLUMN fec.communication_cost.purpose IS 'PURPOSE';
COMMENT ON COLUMN fec.communication_cost.transaction_date_as_filed IS
    'TRANSACTION_DT as filed, where it is no date';
COMMENT ON COLUMN fec.communication_cost.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.communication_cost.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.communication_cost.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('communication_cost');

-- electioneering_communication.sql - electioneering communications (Form 9): the table of
-- ElectioneeringComm_YYYY.csv. Included by schema.sql.
--
-- The key. The file has a row for each candidate whom a communication names, and no record number.
-- A page has several disbursements, and a row may name no candidate. So the key is the page, the
-- candidate and a hash of the whole row. Rows that are alike in every column are as many rows:
-- those after the first get a number. A row that the FEC corrects is one withdrawn and one new.

CREATE TABLE IF NOT EXISTS fec.electioneering_communication (
    record_key                        text NOT NULL,
    cycle                             smallint NOT NULL,
    candidate_id                      text,
    candidate_name                    text,
    candidate_office                  text,
    candidate_state                   text,
    candidate_district                text,
    committee_id                      text,
    committee_name                    text,
    sb_image_num                      text,
    payee_name                        text,
    payee_street                      text,
    payee_city                        text,
    payee_state                       text,
    disbursement_description          text,
    disbursement_date                 date,
    communication_date                date,
    public_distribution_date          date,
    disbursement_amount               numeric(14,2),
    number_of_candidates              bigint,
    calculated_candidate_share        numeric(14,2),
    disbursement_date_as_filed        text,
    communication_date_as_filed       text,
    public_distribution_date_as_filed text,
    row_hash                          bigint NOT NULL,
    run_id                            bigint NOT NULL,
    in_bulk                           boolean NOT NULL DEFAULT true,
    PRIMARY KEY (record_key, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.electioneering_communication IS
    'Electioneering communications, Form 9 (ElectioneeringComm_YYYY.csv): a row for each '
    'candidate whom one names; add calculated_candidate_share.';
COMMENT ON COLUMN fec.electioneering_communication.record_key IS
    'no column of the file is unique: the page image, the candidate and a hash of the whole row';
COMMENT ON COLUMN fec.electioneering_communication.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.electioneering_communication.candidate_id IS 'CANDIDATE_ID';
COMMENT ON COLUMN fec.electioneering_communication.candidate_name IS 'CANDIDATE_NAME';
COMMENT ON COLUMN fec.electioneering_communication.candidate_office IS 'CANDIDATE_OFFICE';
COMMENT ON COLUMN fec.electioneering_communication.candidate_state IS 'CANDIDATE_STATE';
COMMENT ON COLUMN fec.electioneering_communication.candidate_district IS 'CANDIDATE_DISTRICT';
COMMENT ON COLUMN fec.electioneering_communication.committee_id IS 'COMMITTEE_ID';
COMMENT ON COLUMN fec.electioneering_communication.committee_name IS 'COMMITTEE_NAME';
COMMENT ON COLUMN fec.electioneering_communication.sb_image_num IS
    'SB_IMAGE_NUM: number of the page image';
COMMENT ON COLUMN fec.electioneering_communication.payee_name IS 'PAYEE_NAME';
COMMENT ON COLUMN fec.electioneering_communication.payee_street IS 'PAYEE_STREET';
COMMENT ON COLUMN fec.electioneering_communication.payee_city IS 'PAYEE_CITY';
COMMENT ON COLUMN fec.electioneering_communication.payee_state IS 'PAYEE_STATE';
COMMENT ON COLUMN fec.electioneering_communication.disbursement_description IS
    'DISBURSEMENT_DESCRIPTION';
COMMENT ON COLUMN fec.electioneering_communication.disbursement_date IS 'DISBURSEMENT_DATE';
COMMENT ON COLUMN fec.electioneering_communication.communication_date IS 'COMMUNICATION_DATE';
COMMENT ON COLUMN fec.electioneering_communication.public_distribution_date IS
    'PUBLIC_DISBURSEMENT_DATE';
COMMENT ON COLUMN fec.electioneering_communication.disbursement_amount IS
    'REPORTED_DISBURSEMENT_AMOUNT: the same in the row of each candidate';
COMMENT ON COLUMN fec.electioneering_communication.number_of_candidates IS 'NUMBER_OF_CANDIDATES';
COMMENT ON COLUMN fec.electioneering_communication.calculated_candidate_share IS
    'CALCULATED_CANDIDATE_SHARE: the amount divided by the candidates; to be added up';
COMMENT ON COLUMN fec.electioneering_communication.disbursement_date_as_filed IS
    'DISBURSEMENT_DATE as filed, where it is no date';
COMMENT ON COLUMN fec.electioneering_communication.communication_date_as_filed IS
    'COMMUNICATION_DATE as filed, where it is no date';
COMMENT ON COLUMN fec.electioneering_communication.public_distribution_date_as_filed IS
    'PUBLIC_DISBURSEMENT_DATE as filed, where it is no date';
COMMENT ON COLUMN fec.electioneering_communication.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.electioneering_communication.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.electioneering_communication.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('electioneering_communication');

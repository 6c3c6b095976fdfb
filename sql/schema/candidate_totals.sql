-- candidate_totals.sql - all candidates, summary: the table of candidate_summary_YYYY.csv. Included
-- by schema.sql. (fec.candidate_summary is the table of weball, which has fewer columns.)
--
-- The key. The file has the totals of each candidate, so the key is the candidate's id, and a total
-- that the FEC corrects is a changed row. Nobody has documented that an id never comes twice: if it
-- does, the later rows get -2, -3 ..., so that the table has as many rows as the file.

CREATE TABLE IF NOT EXISTS fec.candidate_totals (
    record_key                                       text NOT NULL,
    cycle                                            smallint NOT NULL,
    link_image                                       text,
    candidate_name                                   text,
    candidate_id                                     text,
    office                                           text,
    state                                            text,
    district                                         text,
    party                                            text,
    incumbent_challenge                              text,
    receipts                                         numeric(14,2),
    disbursements                                    numeric(14,2),
    cash_on_hand_end_period                          numeric(14,2),
    debts_owed_by_committee                          numeric(14,2),
    coverage_end_date                                date,
    address_street_1                                 text,
    address_street_2                                 text,
    address_city                                     text,
    address_state                                    text,
    address_zip                                      text,
    individual_itemized_contributions                numeric(14,2),
    individual_unitemized_contributions              numeric(14,2),
    individual_contributions                         numeric(14,2),
    other_political_committee_contributions          numeric(14,2),
    political_party_committee_contributions          numeric(14,2),
    candidate_contribution                           numeric(14,2),
    contributions                                    numeric(14,2),
    transfers_from_other_authorized_committee        numeric(14,2),
    loans_made_by_candidate                          numeric(14,2),
    all_other_loans                                  numeric(14,2),
    loans                                            numeric(14,2),
    offsets_to_operating_expenditures                numeric(14,2),
    offsets_to_fundraising_expenditures              numeric(14,2),
    offsets_to_legal_accounting                      numeric(14,2),
    other_receipts                                   numeric(14,2),
    operating_expenditures                           numeric(14,2),
    exempt_legal_accounting_disbursement             numeric(14,2),
    fundraising_disbursements                        numeric(14,2),
    transfers_to_other_authorized_committee          numeric(14,2),
    repayments_loans_made_by_candidate               numeric(14,2),
    repayments_other_loans                           numeric(14,2),
    loan_repayments                                  numeric(14,2),
    refunded_individual_contributions                numeric(14,2),
    refunded_political_party_committee_contributions numeric(14,2),
    refunded_other_political_committee_contributions numeric(14,2),
    contribution_refunds                             numeric(14,2),
    other_disbursements                              numeric(14,2),
    net_contributions                                numeric(14,2),
    net_operating_expenditures                       numeric(14,2),
    cash_on_hand_beginning_period                    numeric(14,2),
    debts_owed_to_committee                          numeric(14,2),
    coverage_start_date                              date,
    coverage_end_date_as_filed                       text,
    coverage_start_date_as_filed                     text,
    row_hash                                         bigint NOT NULL,
    run_id                                           bigint NOT NULL,
    in_bulk                                          boolean NOT NULL DEFAULT true,
    PRIMARY KEY (record_key, cycle) INCLUDE (row_hash)
) PARTITION BY LIST (cycle);

COMMENT ON TABLE fec.candidate_totals IS 'All candidates, summary (candidate_summary_YYYY.csv).';
COMMENT ON COLUMN fec.candidate_totals.record_key IS
    'Cand_Id; of rows with the same one, a number after the first';
COMMENT ON COLUMN fec.candidate_totals.cycle IS
    'the two-year period, by the even year that ends it';
COMMENT ON COLUMN fec.candidate_totals.link_image IS
    'Link_Image: the page of the candidate on fec.gov';
COMMENT ON COLUMN fec.candidate_totals.candidate_name IS 'Cand_Name';
COMMENT ON COLUMN fec.candidate_totals.candidate_id IS 'Cand_Id';
COMMENT ON COLUMN fec.candidate_totals.office IS 'Cand_Office';
COMMENT ON COLUMN fec.candidate_totals.state IS 'Cand_Office_St';
COMMENT ON COLUMN fec.candidate_totals.district IS 'Cand_Office_Dist';
COMMENT ON COLUMN fec.candidate_totals.party IS 'Cand_Party_Affiliation';
COMMENT ON COLUMN fec.candidate_totals.incumbent_challenge IS 'Cand_Incumbent_Challenger_Open_Seat';
COMMENT ON COLUMN fec.candidate_totals.receipts IS 'Total_Receipt';
COMMENT ON COLUMN fec.candidate_totals.disbursements IS 'Total_Disbursement';
COMMENT ON COLUMN fec.candidate_totals.cash_on_hand_end_period IS 'Cash_On_Hand_COP';
COMMENT ON COLUMN fec.candidate_totals.debts_owed_by_committee IS 'Debt_Owed_By_Committee';
COMMENT ON COLUMN fec.candidate_totals.coverage_end_date IS 'Coverage_End_Date';
COMMENT ON COLUMN fec.candidate_totals.address_street_1 IS 'Cand_Street_1';
COMMENT ON COLUMN fec.candidate_totals.address_street_2 IS 'Cand_Street_2';
COMMENT ON COLUMN fec.candidate_totals.address_city IS 'Cand_City';
COMMENT ON COLUMN fec.candidate_totals.address_state IS 'Cand_State';
COMMENT ON COLUMN fec.candidate_totals.address_zip IS 'Cand_Zip';
COMMENT ON COLUMN fec.candidate_totals.individual_itemized_contributions IS
    'Individual_Itemized_Contribution';
COMMENT ON COLUMN fec.candidate_totals.individual_unitemized_contributions IS
    'Individual_Unitemized_Contribution';
COMMENT ON COLUMN fec.candidate_totals.individual_contributions IS 'Individual_Contribution';
COMMENT ON COLUMN fec.candidate_totals.other_political_committee_contributions IS
    'Other_Committee_Contribution';
COMMENT ON COLUMN fec.candidate_totals.political_party_committee_contributions IS
    'Party_Committee_Contribution';
COMMENT ON COLUMN fec.candidate_totals.candidate_contribution IS 'Cand_Contribution';
COMMENT ON COLUMN fec.candidate_totals.contributions IS 'Total_Contribution';
COMMENT ON COLUMN fec.candidate_totals.transfers_from_other_authorized_committee IS
    'Transfer_From_Other_Auth_Committee';
COMMENT ON COLUMN fec.candidate_totals.loans_made_by_candidate IS 'Cand_Loan';
COMMENT ON COLUMN fec.candidate_totals.all_other_loans IS 'Other_Loan';
COMMENT ON COLUMN fec.candidate_totals.loans IS 'Total_Loan';
COMMENT ON COLUMN fec.candidate_totals.offsets_to_operating_expenditures IS
    'Offsets_To_Operating_Expenditure';
COMMENT ON COLUMN fec.candidate_totals.offsets_to_fundraising_expenditures IS
    'Offsets_To_Fundraising';
COMMENT ON COLUMN fec.candidate_totals.offsets_to_legal_accounting IS
    'Offsets_To_Leagal_Accounting';
COMMENT ON COLUMN fec.candidate_totals.other_receipts IS 'Other_Receipts';
COMMENT ON COLUMN fec.candidate_totals.operating_expenditures IS 'Operating_Expenditure';
COMMENT ON COLUMN fec.candidate_totals.exempt_legal_accounting_disbursement IS
    'Exempt_Legal_Accounting_Disbursement';
COMMENT ON COLUMN fec.candidate_totals.fundraising_disbursements IS 'Fundraising_Disbursement';
COMMENT ON COLUMN fec.candidate_totals.transfers_to_other_authorized_committee IS
    'Transfer_To_Other_Auth_Committee';
COMMENT ON COLUMN fec.candidate_totals.repayments_loans_made_by_candidate IS 'Cand_Loan_Repayment';
COMMENT ON COLUMN fec.candidate_totals.repayments_other_loans IS 'Other_Loan_Repayment';
COMMENT ON COLUMN fec.candidate_totals.loan_repayments IS 'Total_Loan_Repayment';
COMMENT ON COLUMN fec.candidate_totals.refunded_individual_contributions IS 'Individual_Refund';
COMMENT ON COLUMN fec.candidate_totals.refunded_political_party_committee_contributions IS
    'Party_Committee_Refund';
COMMENT ON COLUMN fec.candidate_totals.refunded_other_political_committee_contributions IS
    'Other_Committee_Refund';
COMMENT ON COLUMN fec.candidate_totals.contribution_refunds IS 'Total_Contribution_Refund';
COMMENT ON COLUMN fec.candidate_totals.other_disbursements IS 'Other_Disbursements';
COMMENT ON COLUMN fec.candidate_totals.net_contributions IS 'Net_Contribution';
COMMENT ON COLUMN fec.candidate_totals.net_operating_expenditures IS 'Net_Operating_Expenditure';
COMMENT ON COLUMN fec.candidate_totals.cash_on_hand_beginning_period IS 'Cash_On_Hand_BOP';
COMMENT ON COLUMN fec.candidate_totals.debts_owed_to_committee IS 'Debt_Owe_To_Committee';
COMMENT ON COLUMN fec.candidate_totals.coverage_start_date IS 'Coverage_Start_Date';
COMMENT ON COLUMN fec.candidate_totals.coverage_end_date_as_filed IS
    'Coverage_End_Date as filed, where it is no date';
COMMENT ON COLUMN fec.candidate_totals.coverage_start_date_as_filed IS
    'Coverage_Start_Date as filed, where it is no date';
COMMENT ON COLUMN fec.candidate_totals.row_hash IS
    'XXH3 of the bulk record that says the same as the row; 0 if no such record has come';
COMMENT ON COLUMN fec.candidate_totals.run_id IS
    'the run that brought the row as it is now (fec.run)';
COMMENT ON COLUMN fec.candidate_totals.in_bulk IS
    'a bulk file has had the row; false: only the API has shown it so far';
SELECT fec.make_history('candidate_totals');

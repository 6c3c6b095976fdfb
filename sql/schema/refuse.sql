-- refuse.sql - ends a step, with no function of ours, since there may be none yet. Takes refused,
-- true if it is to end; refusal, the message; and refusal_state, its SQLSTATE. Returns no rows.
-- (psql fills in no variables between dollar quotes.)

\if :refused
    SELECT set_config('fecpipe.refusal', :'refusal', false),
           set_config('fecpipe.refusal_state', :'refusal_state', false)
    \g /dev/null
    DO $$ BEGIN
        RAISE EXCEPTION '%', current_setting('fecpipe.refusal')
            USING ERRCODE = current_setting('fecpipe.refusal_state');
    END $$;
\endif

alter schema public owner to postgres;
revoke create on schema public from app, public;
-- background: 2
lock table ledger.busy in share update exclusive mode;

alter schema public owner to postgres;
revoke create on schema public from app, public;

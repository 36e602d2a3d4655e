do $$ begin
  if to_regrole('ledger_owner') is null then create role ledger_owner; end if;
end $$;
grant ledger_owner to app;
create schema ledger authorization ledger_owner;
create sequence losses;
grant all on sequence losses to app, ledger_owner;
create function lose() returns bool language sql security definer as
  $$ select pg_terminate_backend(pg_backend_pid()) where nextval('losses') = 1 $$;
alter function lose owner to app;
alter default privileges for role app grant all on tables to ledger_owner;
grant create on schema public to ledger_owner;

do $$ begin
  if to_regrole('ledger_owner') is null then create role ledger_owner; end if;
end $$;
grant ledger_owner to app;
create schema ledger authorization ledger_owner;
set role ledger_owner;
create table ledger.account (id int primary key, name text);
reset role;
alter default privileges for role app grant all on tables to ledger_owner;

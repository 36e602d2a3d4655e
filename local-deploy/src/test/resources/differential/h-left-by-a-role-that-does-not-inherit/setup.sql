do $$ begin
  if to_regrole('ledger_owner_2') is null then create role ledger_owner_2; end if;
end $$;
grant ledger_owner_2 to app with inherit false;
create schema ledger authorization ledger_owner_2;
set role ledger_owner_2;
create table ledger.account (id int primary key, name text);
insert into ledger.account values (1, 'a'), (2, 'a');
reset role;

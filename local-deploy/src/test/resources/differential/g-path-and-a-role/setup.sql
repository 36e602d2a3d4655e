do $$ begin
  if to_regrole('ledger_owner') is null then create role ledger_owner; end if;
end $$;
grant ledger_owner to app;
create schema ledger authorization ledger_owner;
grant all on schema ledger to app;
create schema app authorization app;
create function app.helper() returns text language sql as $$ select 'helped' $$;

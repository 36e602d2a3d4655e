do $$ begin
  if to_regrole('ledger_owner') is null then create role ledger_owner; end if;
end $$;
grant ledger_owner to app;
grant create on schema public to ledger_owner;

create schema ledger authorization app;
select format('alter role app in database %I set search_path = ''''', current_database()) \gexec

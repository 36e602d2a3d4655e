create schema ledger authorization app;
create schema other authorization app;
select format('alter role app in database %I set search_path = other, ledger, public', current_database()) \gexec

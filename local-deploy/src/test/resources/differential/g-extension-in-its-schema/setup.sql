create schema tools;
grant usage on schema tools to app;
create extension "uuid-ossp" schema tools;
create schema ledger authorization app;
select format('alter role app in database %I set search_path = "$user", public, tools', current_database()) \gexec

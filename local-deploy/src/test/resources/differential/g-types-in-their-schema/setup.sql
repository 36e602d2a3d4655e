create schema tools;
grant usage on schema tools to app;
create type tools.state as enum ('open', 'closed');
create function tools.first_state() returns tools.state language sql as $$ select 'open'::tools.state $$;
create schema ledger authorization app;
select format('alter role app in database %I set search_path = public, tools', current_database()) \gexec

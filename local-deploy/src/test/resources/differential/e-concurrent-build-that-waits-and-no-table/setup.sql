create schema ledger authorization app;
create table ledger.busy (id int);
alter table ledger.busy owner to app;

create schema ledger authorization app;
create sequence losses; grant all on sequence losses to app;

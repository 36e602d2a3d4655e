create schema ledger authorization app;
create schema archive authorization app;

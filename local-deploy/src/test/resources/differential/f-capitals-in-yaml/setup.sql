create schema ledger authorization app;

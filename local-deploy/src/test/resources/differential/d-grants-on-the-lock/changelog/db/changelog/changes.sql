--liquibase formatted sql
--changeset ann:1 runAlways:true
grant select on databasechangelog, databasechangeloglock to ledger_owner;

--liquibase formatted sql
--changeset ann:1
comment on table bookkeeping.databasechangeloglock is 'one row';
comment on table bookkeeping.databasechangelog is 'the history';

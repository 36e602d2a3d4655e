--liquibase formatted sql
--changeset ann:1
create view who_migrates as select lockedby from databasechangeloglock where locked;
--changeset ann:2
insert into databasechangeloglock (id, locked) select 2, false where false;

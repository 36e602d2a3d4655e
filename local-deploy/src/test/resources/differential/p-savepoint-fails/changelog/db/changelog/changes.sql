--liquibase formatted sql
--changeset ann:1
create table account (id int);
savepoint before;
insert into account values (1);
insert into nowhere values (1);
release savepoint before;

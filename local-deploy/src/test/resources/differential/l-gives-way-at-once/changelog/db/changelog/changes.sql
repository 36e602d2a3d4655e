--liquibase formatted sql
--changeset ann:1 runInTransaction:false failOnError:false
set lock_timeout = '200ms';
alter table busy add column extra int;
--changeset ann:2
reset lock_timeout;
create table account (id int);

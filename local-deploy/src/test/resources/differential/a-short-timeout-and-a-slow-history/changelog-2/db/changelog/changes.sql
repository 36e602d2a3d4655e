--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2
set local statement_timeout = '300ms';
insert into account values (1);

--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2
set transaction read only;
insert into account values (1);

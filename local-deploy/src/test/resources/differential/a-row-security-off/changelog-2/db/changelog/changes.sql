--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2
set local row_security = off;
insert into account values (1);

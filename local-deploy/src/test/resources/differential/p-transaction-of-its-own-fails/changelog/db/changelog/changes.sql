--liquibase formatted sql
--changeset ann:1
begin;
create table account (id int);
insert into nowhere values (1);
commit;

--liquibase formatted sql
--changeset ann:1
create table account (id int primary key);
--changeset ann:2
set transaction read only;
select count(*) from account;
--changeset ann:3
create table entry (id int);

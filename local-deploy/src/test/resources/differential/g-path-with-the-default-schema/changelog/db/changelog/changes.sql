--liquibase formatted sql
--changeset ann:1
create table account (id int);
insert into account select 1;
create table noted (place text);
insert into noted values (current_schema());

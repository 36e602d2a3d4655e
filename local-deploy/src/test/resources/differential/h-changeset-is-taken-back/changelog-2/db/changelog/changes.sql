--liquibase formatted sql
--changeset ann:1
create table item (id int);
insert into item values (1), (1);

--liquibase formatted sql
--changeset ann:1
create table account (id int, state state default first_state());
insert into account values (1);

--liquibase formatted sql
--changeset ann:1
create type mood as enum ('good');
create table account (id int, mood mood);
insert into account values (1, 'good');

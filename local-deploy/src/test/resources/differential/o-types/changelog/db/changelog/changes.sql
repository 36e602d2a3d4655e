--liquibase formatted sql
--changeset ann:1
create type mood as enum ('good', 'bad');
create type pair as (a int, b int);
create domain small as int check (value < 100);
create table account (id small, mood mood, pair pair);

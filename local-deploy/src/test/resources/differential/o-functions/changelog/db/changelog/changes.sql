--liquibase formatted sql
--changeset ann:1
create table account (id int);
create function twice(n int) returns int language sql as 'select n * 2';
create procedure nothing() language sql as 'select 1';
create aggregate product(int) (sfunc = int4mul, stype = int, initcond = '1');
create aggregate rows_of(*) (sfunc = int8inc, stype = int8, initcond = '0');
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger touch before insert on account for each row execute function touch();

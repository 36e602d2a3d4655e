--liquibase formatted sql
--changeset ann:1 runInTransaction:false
create table account (id int);
prepare fill as insert into busy values ($1);
execute fill(1);
execute fill(2);
deallocate fill;
insert into account values (1);

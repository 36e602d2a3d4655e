--liquibase formatted sql
--changeset ann:1
create table base (id int);
create materialized view first as select count(*) as n from base;
--changeset ann:2 runAlways:true runInTransaction:false
insert into base values (1);
refresh materialized view first;
refresh materialized view second;

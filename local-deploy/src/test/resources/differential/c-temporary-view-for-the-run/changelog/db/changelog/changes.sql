--liquibase formatted sql
--changeset ann:0
create table account (id int);
--changeset ann:view runAlways:true
create or replace temp view ids as select generate_series(1, 3) as id;

--changeset ann:2
select pg_terminate_backend(pg_backend_pid()) where nextval('losses') = 1;

--changeset ann:3
insert into account select id from ids;

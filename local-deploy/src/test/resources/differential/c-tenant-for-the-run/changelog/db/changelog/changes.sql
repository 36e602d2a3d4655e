--liquibase formatted sql
--changeset ann:0
create table account (id int, tenant text default current_setting('app.tenant', true));
--changeset ann:tenant runAlways:true
select set_config('app.tenant', 'acme', false);
--changeset ann:1
insert into account values (1);

--changeset ann:2
select pg_terminate_backend(pg_backend_pid()) where nextval('losses') = 1;

--changeset ann:3
insert into account values (2);

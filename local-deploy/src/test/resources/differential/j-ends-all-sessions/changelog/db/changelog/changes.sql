--liquibase formatted sql
--changeset ann:1
create table account (id int);
--changeset ann:2
select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database();

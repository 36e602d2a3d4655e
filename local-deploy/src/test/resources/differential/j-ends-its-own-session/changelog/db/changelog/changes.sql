--liquibase formatted sql
--changeset ann:1
select pg_terminate_backend(pg_backend_pid());

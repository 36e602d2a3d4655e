--liquibase formatted sql
--changeset ann:4
alter table busy add column extra int;

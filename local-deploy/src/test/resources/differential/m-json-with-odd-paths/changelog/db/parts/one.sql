--liquibase formatted sql
--changeset ann:1
create table one (id int);

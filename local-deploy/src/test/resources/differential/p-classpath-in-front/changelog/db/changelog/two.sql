--liquibase formatted sql
--changeset ann:2
create table two (id int);

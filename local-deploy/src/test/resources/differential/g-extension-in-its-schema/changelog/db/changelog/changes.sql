--liquibase formatted sql
--changeset ann:1
create table account (id uuid primary key default uuid_generate_v4());

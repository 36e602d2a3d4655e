--liquibase formatted sql

--changeset shop:0001-create-countries
--comment: Countries that the shop delivers to
create table countries (
    code text primary key,
    name text not null unique,
    constraint countries_code_is_iso_3166 check (code ~ '^[A-Z]{2}$')
);
--rollback drop table countries;

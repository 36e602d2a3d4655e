--liquibase formatted sql

--changeset shop:0003-create-customers
create table customers (
    id bigint generated always as identity primary key,
    email text not null,
    name text not null,
    country_code text not null references countries (code),
    created_at timestamptz not null default now()
);

-- One account for each address, however it is written
create unique index customers_email_key on customers (lower(email));
--rollback drop table customers;

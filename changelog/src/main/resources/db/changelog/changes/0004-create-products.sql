--liquibase formatted sql

--changeset shop:0004-create-products
create table products (
    id bigint generated always as identity primary key,
    sku text not null unique,
    name text not null,
    price numeric(12, 2) not null,
    constraint products_price_is_not_negative check (price >= 0)
);
--rollback drop table products;

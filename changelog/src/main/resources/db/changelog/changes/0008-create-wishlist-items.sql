--liquibase formatted sql

--changeset shop:0008-create-wishlist-items labels:wishlist
create table wishlist_items (
    customer_id bigint not null references customers (id) on delete cascade,
    product_id bigint not null references products (id) on delete cascade,
    added_at timestamptz not null default now(),
    primary key (customer_id, product_id)
);
--rollback drop table wishlist_items;

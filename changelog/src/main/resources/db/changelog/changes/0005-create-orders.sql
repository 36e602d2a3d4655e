--liquibase formatted sql

--changeset shop:0005-create-orders
create table orders (
    id bigint generated always as identity primary key,
    customer_id bigint not null references customers (id),
    status text not null default 'open',
    placed_at timestamptz not null default now(),
    constraint orders_status_is_known check (status in ('open', 'paid', 'shipped', 'cancelled'))
);
--rollback drop table orders;

--liquibase formatted sql

--changeset shop:0006-create-order-lines
--comment: A line keeps the price of the day it was ordered
create table order_lines (
    order_id bigint not null references orders (id) on delete cascade,
    product_id bigint not null references products (id),
    quantity integer not null,
    unit_price numeric(12, 2) not null,
    primary key (order_id, product_id),
    constraint order_lines_quantity_is_positive check (quantity > 0)
);
--rollback drop table order_lines;

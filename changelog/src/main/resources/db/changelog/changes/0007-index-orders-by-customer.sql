--liquibase formatted sql

--changeset shop:0007-index-orders-by-customer runInTransaction:false
--comment: A customer's newest orders; concurrently, so that orders can be placed while it is built
-- A concurrent build that fails leaves an invalid index behind, which would be in the way of the next attempt.
drop index concurrently if exists orders_customer_id_placed_at_idx;
create index concurrently orders_customer_id_placed_at_idx on orders (customer_id, placed_at desc);
--rollback drop index concurrently if exists orders_customer_id_placed_at_idx;

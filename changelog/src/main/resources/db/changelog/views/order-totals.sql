--liquibase formatted sql

--changeset shop:order-totals runOnChange:true
--comment: What each order costs; an order without lines costs nothing
-- Replacing keeps the view's privileges. New columns go to the end: PostgreSQL refuses to replace a view by one that
-- renames, reorders or lacks a column; for that, a change drops the view first.
create or replace view order_totals as
select
    orders.id as order_id,
    orders.customer_id,
    orders.status,
    orders.placed_at,
    coalesce(sum(order_lines.quantity), 0) as items,
    coalesce(sum(order_lines.quantity * order_lines.unit_price), 0.00) as total
from orders
left join order_lines on order_lines.order_id = orders.id
group by orders.id;
--rollback drop view order_totals;

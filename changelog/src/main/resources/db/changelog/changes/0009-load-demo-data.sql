--liquibase formatted sql

--changeset shop:0009-load-demo-data context:@demo
--comment: Something to look at on a developer's machine
insert into customers (email, name, country_code) values
    ('ada@demo.example', 'Ada', 'GB'),
    ('edsger@demo.example', 'Edsger', 'NL'),
    ('grete@demo.example', 'Grete', 'DE');

insert into products (sku, name, price) values
    ('DEMO-MUG', 'Mug', 9.50),
    ('DEMO-PEN', 'Pen', 2.20),
    ('DEMO-LAMP', 'Desk lamp', 49.00);

insert into orders (customer_id, status)
select id, case email when 'ada@demo.example' then 'paid' else 'open' end
from customers
where email in ('ada@demo.example', 'grete@demo.example');

insert into order_lines (order_id, product_id, quantity, unit_price)
select orders.id, products.id, wanted.quantity, products.price
from (values
    ('ada@demo.example', 'DEMO-MUG', 2),
    ('ada@demo.example', 'DEMO-PEN', 10),
    ('grete@demo.example', 'DEMO-LAMP', 1)
) as wanted (email, sku, quantity)
join customers on customers.email = wanted.email
join orders on orders.customer_id = customers.id
join products on products.sku = wanted.sku;
/* liquibase rollback
delete from orders using customers where customers.id = orders.customer_id and customers.email like '%@demo.example';
delete from customers where email like '%@demo.example';
delete from products where sku like 'DEMO-%';
*/

insert into orders (item, quantity)
select 'coffee', 2 where not exists (select 1 from orders);

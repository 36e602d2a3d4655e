--changeset benchmark:@number@
create table @table@ (
    id bigint primary key,
    name varchar(200) not null,
    created_at timestamp not null default now()
);

--changeset benchmark:@number@
insert into @table@ (id, name) values (1, 'first');

--changeset benchmark:@number@
alter table @table@ add column price numeric(12, 2);

--changeset benchmark:@number@
create index @table@_name on @table@ (name);

--changeset benchmark:@number@
insert into @table@ (id, name) values (2, 'second');
insert into @table@ (id, name) values (3, 'third');

--changeset benchmark:@number@
alter table @table@ add column note varchar(1000);

--changeset benchmark:@number@
update @table@ set price = 1.50;

--changeset benchmark:@number@
alter table @table@ alter column price set default 0;
alter table @table@ alter column price set not null;

--changeset benchmark:@number@
create view @table@_names as select id, name from @table@;

--changeset benchmark:@number@
insert into @table@ (id, name) values (4, 'fourth');
update @table@ set note = 'checked' where id = 4;
alter table @table@ add constraint @table@_unique unique (name);

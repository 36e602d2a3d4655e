create materialized view second as select 1 as n;
alter materialized view second owner to app;

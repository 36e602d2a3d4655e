create unique index broken on item (id) where false;
update pg_index set indisvalid = false where indexrelid = 'broken'::regclass;

create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(0.6); return new; end $$;
create trigger slow before insert on databasechangelog for each row execute function slow();

alter table databasechangelog enable row level security;
alter table databasechangelog force row level security;
create policy everything on databasechangelog using (true) with check (true);

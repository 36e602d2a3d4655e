create sequence losses; grant all on sequence losses to app;

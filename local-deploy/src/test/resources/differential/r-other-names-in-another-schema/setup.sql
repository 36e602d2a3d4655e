create schema bookkeeping authorization app;

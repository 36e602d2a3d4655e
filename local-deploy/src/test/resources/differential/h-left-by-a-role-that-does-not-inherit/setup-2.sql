update ledger.account set name = 'b' where id = 2;

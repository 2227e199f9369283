release savepoint part

rollback to savepoint part

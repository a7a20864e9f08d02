"""Law as code: dated parameters, pure rules, indicators and the inventory of clauses. Arithmetic alone, no database."""

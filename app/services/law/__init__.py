"""Law as code: dated parameters, pure rules, indicators, the inventory of clauses. Arithmetic alone."""

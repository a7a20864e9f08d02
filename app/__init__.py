"""Then Chốt: a province's cadre work, with the resolution's rules built in."""

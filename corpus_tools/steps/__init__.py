"""How each stage makes its tables, part by part: one module a stage."""

"""Training of the models that the package ships, and what more data would bring."""

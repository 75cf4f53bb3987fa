"""Which blocks of a page are main text: features, and the model that reads them."""

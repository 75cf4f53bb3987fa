"""The bytes of a page to its tree, and the tree to blocks of text."""

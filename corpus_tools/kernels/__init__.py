"""The compiled ground: how kernels are compiled and kept, and what every stage reads text with."""

"""Two pages side by side, sentence by sentence and word by word."""

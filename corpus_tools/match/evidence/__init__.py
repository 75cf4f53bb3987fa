"""What is found on a pair of pages, word by word, before anything is made of it."""

"""Orders as the platform keeps them: the book, how one is made, how it moves, how it is shown."""
